/* SPDX-License-Identifier: Apache-2.0 */
/* Mentoring, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

/* Registers a mentor with this many places, who has an expertise "budget" and is there around the clock; returns the id
 * of the profile. */
const char *registered(struct user mentor, int max_mentees);

/* "/mentorship/mentors/<id>", or with something behind it. */
const char *mentor_path(const char *mentor);
const char *mentor_place(const char *mentor, const char *place);

/* Asks a mentor and returns the match's id. */
struct answer ask_mentor(struct user mentee, const char *mentor, const char *more);
const char *requested(struct user mentee, const char *mentor);

const char *match_path(const char *match);
const char *match_place(const char *match, const char *place);

/* An active match. */
const char *matched(struct user mentor, struct user mentee);

/* So many hours from now, at a whole second. */
const char *in_hours(double hours);

/* The body of a session to be made then. */
const char *session_body(const char *start);

const char *session_path(const char *session);

/* A session that holds, as many hours ahead. */
const char *booked(struct user mentee, const char *match, double hours);

/* Moves a session's time by so many minutes, as if the clock had gone on. */
void let_minutes_pass(const char *session, int minutes);

/* Makes a job that comes round by itself run now. */
void run_job(const char *kind);
