//! The rules, tested as sentences of the domain; domain.md says what is right.
//!
//! `harness` has a small organisation and plays commands on it. Two tables are kept as snapshots:
//! every state with every command, and every action with every kind of token. A change of either
//! is a change of behaviour: compare it with domain.md line by line before accepting it.

#![allow(clippy::unwrap_used)] // A test that cannot go on says so.
#![allow(clippy::disallowed_methods)] // No token is needed for a viewer here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::ChangeKind as Kind;
use super::commands::{self, Start, Target};
use super::conversation::Monitor;
use super::message::MessageRecord;
use super::patch::SettingsPatch;
use super::policy;
use super::viewer::Claims;
use super::*;
use harness::{
    ANNA, BRAM, CARLA, DIRK, Played, RECORDS, SALES, SUPPORT, Stage, VOICE, noon, still, to,
};
use tokens::{
    Token, admin, agent, anna, bram, bram_both, carla, dirk, gateway, robo, simon, sofie,
};

mod acknowledging;
mod administration;
mod assigning;
mod attention;
mod audience;
mod candidates;
mod capacity;
mod carried;
mod channels;
mod closing;
mod closings;
mod coaching;
mod correcting;
mod customers;
mod deliveries;
mod dispositions;
mod drafts;
mod exits;
mod harness;
mod helping;
mod hours;
mod indexes;
mod insights;
mod invariants;
mod joining;
mod labels;
mod listening;
mod may;
mod messages;
mod monitoring;
mod next_agent;
mod notices;
mod organisation;
mod play;
mod policy_table;
mod rating;
mod reassessing;
mod refreshing;
mod refusals;
mod requeueing;
mod reviewing;
mod sentiment;
mod signals;
mod state_table;
mod taking_over;
mod tokens;
mod transfers;
mod visibility;
mod ways_out;
