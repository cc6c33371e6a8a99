/* SPDX-License-Identifier: Apache-2.0 */
/* A family name alone would be much else as well: the word must be as long as a name and stand alone, or what people
 * are addressed with must follow, or an introduction go before. */
#include "svc-anonymize/identifiers/person_script.h"

#include "common/text.h"

#include <string.h>

/* By how often they are met; sources: the census lists of the countries. */
static const char chinese[] =
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔"
        "谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤張劉陳楊黃趙吳孫馬許鄭謝鄧馮韓蕭葉蔣蘇呂盧鍾譚陸韋賈鄒閻賀顧龔萬錢嚴湯";
static const char *const japanese[] = {"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "渡邊", "山本", "中村", "小林",
        "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "林", "斎藤", "斉藤", "清水", "山崎", "森",
        "池田", "橋本", "阿部", "石川", "山下", "中島", "石井", "小川", "前田", "岡田", "長谷川", "藤田", "後藤",
        "近藤", "村上", "遠藤", "青木", "坂本", "福田", "太田", "西村", "藤井", "金子", "岡本", "藤原", "三浦", "中野",
        "中川", "原田", "松田", "竹内", "小野", "田村", "和田", "中山", "石田", "上田", "森田", "柴田", "酒井", "工藤",
        "横山", "宮崎", "宮本", "内田", "高木", "安藤", "谷口", "大野", "丸山", "今井"};
static const char korean[] =
        "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반";

static const char *const addressed[] = {"さん", "様", "さま", "君", "くん", "ちゃん", "氏", "先生", "女士", "小姐",
        "老师", "老師", "同学", "씨", "님", "선생"};
static const char *const introduced[] = {
        "我叫", "我是", "名字是", "姓名", "名叫", "谢谢", "感谢", "谢谢", "名前は", "私は", "이름은", "저는"};

static bool is_han(uint32_t point)
{
        return point == 0x3005 || (point >= 0x3400 && point < 0xA000) || (point >= 0xF900 && point < 0xFB00) ||
               (point >= 0x20000 && point < 0x32000);
}

static bool is_kana(uint32_t point)
{
        return point >= 0x3041 && point < 0x3100;
}

static bool is_hangul(uint32_t point)
{
        return point >= 0xAC00 && point < 0xD7A4;
}

static uint32_t point_at(const struct folding *view, size_t at)
{
        return at < view->length ? view->original[view->starts[at]] : 0;
}

static bool is_among(const char *list, uint32_t wanted)
{
        for (uint32_t point; (point = text_next(&list)) != 0;)
                if (point == wanted)
                        return true;
        return false;
}

/* The letters of `word` when they stand at `at`, else 0. */
static size_t match(const struct folding *view, size_t at, const char *word)
{
        size_t length = 0;
        for (uint32_t point; (point = text_next(&word)) != 0; length++)
                if (point_at(view, at + length) != point)
                        return 0;
        return length;
}

static bool is_addressed(const struct folding *view, size_t at)
{
        at += at < view->length && view->bytes[at] == ' ';
        for (size_t i = 0; i < sizeof addressed / sizeof *addressed; i++)
                if (match(view, at, addressed[i]) > 0)
                        return true;
        return false;
}

static size_t introduction(const struct folding *view, size_t at)
{
        for (size_t i = 0; i < sizeof introduced / sizeof *introduced; i++) {
                size_t length = match(view, at, introduced[i]);
                if (length > 0)
                        return length;
        }
        return 0;
}

static size_t family_length(const struct folding *view, size_t at)
{
        for (size_t i = 0; i < sizeof japanese / sizeof *japanese; i++) {
                size_t length = match(view, at, japanese[i]);
                if (length > 1)
                        return length;
        }
        uint32_t point = point_at(view, at);
        return is_han(point) ? is_among(chinese, point) : is_hangul(point) && is_among(korean, point);
}

/* Letters of the same script behind a family name that may be a given name: at most as many. */
static size_t given_length(const struct folding *view, size_t at, size_t end, size_t most)
{
        size_t length = 0;
        bool is_korean = is_hangul(point_at(view, at));
        while (at + length < end && length < most) {
                uint32_t point = point_at(view, at + length);
                if (is_korean ? !is_hangul(point) : !is_han(point) && !(is_kana(point) && most > 2))
                        break;
                if (length > 0 && is_addressed(view, at + length))
                        break;
                length++;
        }
        return length;
}

size_t person_script_length(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        const struct folding *view = tokens->view;
        if (token->kind != TOKEN_WORD || token->shape != SHAPE_CASELESS)
                return 0;
        size_t begin = token->start + introduction(view, token->start);
        size_t family = family_length(view, begin);
        if (family == 0)
                return 0;
        size_t given = given_length(view, begin + family, token->end, family > 1 ? 3 : 2);
        size_t end = begin + family + given;
        bool is_told = begin > token->start || is_addressed(view, end);
        bool is_whole = end == token->end && given > 0 && !is_hangul(point_at(view, begin));
        if (!(is_told && (given > 0 || is_addressed(view, end))) && !is_whole)
                return 0;
        return end - token->start;
}

bool person_script_is_family(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        return token_length(token) > 3 && match(tokens->view, token->start, "ال") > 0;
}
