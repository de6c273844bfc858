// Package events holds an event for each function, as API Gateway makes them (payload format 2.0), or the stream, a schedule or SES, for `make invoke` and
// `sam local invoke`. They are about what the local stack seeds on its default address, so that they work on a fresh stack:
// the people, groups and the link have the same ids on every machine. The test writes them, with -update, and holds that they are right;
// the acceptance suite replays them.
//
// env.json gives `sam local invoke` the variables of the running local stack. README.md has a command for each event.
package events
