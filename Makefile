# Latchkey's commands, for a machine that has Rust (rustup), Node and make.
#
#   make run     serve on http://127.0.0.1:3000 and rebuild while you edit
#   make test    all that must hold: formatting, lints, tests, and a browser against a release build
#   make bench   how fast it is, beside what the same work costs at least
#   make prove   the rule that keeps people signed in: every order of events, a million refreshes
#   make mutants whether the tests bite: the code broken in each of many ways, and the test that notices
#
# All install what is missing, say so in a line, and ask nothing. Tools and build outputs live in
# $LATCHKEY_CACHE (~/.cache/latchkey), where a fresh clone finds them again.

.PHONY: help run test bench prove mutants

help:
	@sed -n 's/^# \{0,1\}//p' Makefile

run:
	@.make/run

test:
	@.make/test

bench:
	@.make/bench

prove:
	@.make/prove

mutants:
	@.make/mutants
