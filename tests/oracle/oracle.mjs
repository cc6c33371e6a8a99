// SPDX-License-Identifier: Apache-2.0
// Usage: node oracle.mjs JSON_ORACLE DESCRIPTOR_SET [ROUNDS]
// Random messages of every type that a method takes or gives, as JSON in our mapping: field names of the proto, 64-bit integers as
// numbers. What json_oracle makes of a document must be the message that @bufbuild/protobuf makes of it, and back. Of documents
// that were damaged ours may refuse more, but what it takes must be what the other takes.
import { createFileRegistry, fromBinary, fromJson, getOption, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [program, setFile, rounds = '20'] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(setFile)));

const rules = registry.getExtension('sfp.rules');

// What is for the inside of a service is taken from nobody.
// What is JSON already has no message of its own to compare.
const isInner = (field) => getOption(field, rules).inner || field.message?.typeName === 'sfp.Json';

let seed = 20261128;
const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
const pick = (list) => list[random(list.length)];

const texts = ['', 'plain', 'ünïcödé', '漢字', '😀', 'a "quoted" one', 'back\\slash', 'tab\there', '\u2028', 'line\nbreak', '<&>', '\u0001'];
const whole = {
    int32: () => random(2) ? random(2147483647) : -random(2147483647) - 1,
    uint32: () => pick([0, 1, 4294967295, random(2147483647)]),
    int64: () => pick([0, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, random(2147483647) * 4096]),
    uint64: () => pick([0, Number.MAX_SAFE_INTEGER, random(2147483647) * 4096]),
};
const kinds = { 1: 'double', 2: 'float', 3: 'int64', 4: 'uint64', 5: 'int32', 6: 'uint64', 7: 'uint32', 8: 'bool', 9: 'string', 12: 'bytes',
    13: 'uint32', 15: 'int32', 16: 'int64', 17: 'int32', 18: 'int64' };

function scalar(type) {
    switch (kinds[type]) {
    case 'double': return pick([0, -1.5, 1e300, 0.1, 12345.678, -0.001]);
    case 'float': return pick([0, -1.5, 0.25, 1024]);
    case 'bool': return random(2) === 1;
    case 'string': return pick(texts);
    case 'bytes': return Buffer.from(Array.from({ length: random(20) }, () => random(256))).toString('base64');
    default: return whole[kinds[type]]();
    }
}

function single(field, depth) {
    if (field.message)
        return object(field.message, depth + 1);
    return field.enum ? pick(field.enum.values).name : scalar(field.scalar);
}

function object(type, depth) {
    const made = {};
    for (const field of type.fields) {
        if (random(3) === 0 || isInner(field) || (field.message && depth > 3))
            continue;
        made[field.name] = field.fieldKind === 'list' ? Array.from({ length: random(4) }, () => single(field, depth)) : single(field, depth);
    }
    return made;
}

// One thing wrong, or merely odd.
function damaged(json) {
    const copy = structuredClone(json);
    const key = pick(Object.keys(copy).concat('unknown_field'));
    copy[key] = pick([null, 'text', 1, -1, 1.5, 1e20, true, [], {}, [null], '1', 'NaN', 4294967296]);
    return copy;
}

function theirs(type, json) {
    try {
        return Buffer.from(toBinary(type, fromJson(type, json))).toString('base64');
    } catch {
        return null;
    }
}

// protobuf-c writes fields by number, as the other does; what differs in bytes must at least be the same message.
function isSame(type, one, other) {
    return one === other ||
        Buffer.compare(Buffer.from(toBinary(type, fromBinary(type, Buffer.from(one, 'base64')))), Buffer.from(other, 'base64')) === 0;
}

const types = new Map();
for (const service of registry)
    if (service.kind === 'service')
        for (const method of service.methods)
            for (const type of [method.input, method.output])
                types.set(type.typeName, type);

const cases = [];
for (const type of types.values())
    for (let round = 0; round < Number(rounds); round++) {
        const json = object(type, 0);
        cases.push({ type, json, isWhole: true });
        cases.push({ type, json: damaged(json), isWhole: false });
    }

const input = cases.map(({ type, json }) => `${type.typeName}\t${JSON.stringify(json)}\n`).join('');
const run = spawnSync(program, { input, maxBuffer: 1 << 30 });
if (run.status !== 0)
    throw new Error(`json_oracle ended with ${run.status ?? run.signal}`);
const lines = run.stdout.toString().split('\n');

let wrong = 0, nTaken = 0;
cases.forEach(({ type, json, isWhole }, i) => {
    const complain = (what) => {
        if (wrong++ < 20)
            console.log(`${type.typeName}: ${what}: ${JSON.stringify(json)}`);
    };
    if (lines[i] === 'refused')
        return isWhole ? complain('refused by ours') : undefined;
    const [bytes, text] = lines[i].split('\t');
    const expected = theirs(type, json);
    nTaken++;
    if (expected === null)
        complain('taken by ours alone');
    else if (!isSame(type, bytes, expected))
        complain('another message');
    else if (!isSame(type, theirs(type, JSON.parse(text)) ?? '', expected))
        complain(`does not come back from ${text}`);
});
console.log(`${types.size} types, ${cases.length} documents, ${nTaken} taken by both, ${wrong} differ`);
process.exit(wrong === 0 ? 0 : 1);
