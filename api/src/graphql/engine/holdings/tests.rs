//! Accounts of subjects: the figures are exact, shared documents count once, and nothing stays.

use async_graphql::Variables;
use serde_json::json;

use super::*;
use crate::graphql::gate::{Gate, Limits};

const MOST: usize = 10_000;

fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

fn document(text: &str) -> Passed {
    let gate = Gate::new(Limits::default());
    gate.pass(text, None, &Variables::default()).unwrap()
}

fn cost(variables: serde_json::Value) -> usize {
    let operation = document("subscription { a }");
    of_operation(&operation, &Variables::from_json(variables))
}

impl Holdings {
    fn bytes_of(&self, name: &str) -> usize {
        let accounts = self.accounts();
        accounts
            .get(&subject(name))
            .map_or(0, |account| account.bytes)
    }

    fn is_empty(&self) -> bool {
        self.accounts().is_empty()
    }
}

#[test]
fn a_subject_holds_so_many_bytes_and_nothing_stays_of_what_has_ended() {
    let (holdings, ann, bob) = (Holdings::new(MOST), subject("ann"), subject("bob"));
    let first = holdings.hold(&ann, 6_000, None).ok().unwrap();
    let second = holdings.hold(&ann, 4_000, None).ok().unwrap();
    let refused = holdings.hold(&ann, 1, None).err().unwrap();
    let (allowed, found) = (MOST, MOST + 1);
    assert_eq!(refused, HoldsTooMuch { allowed, found });
    assert_eq!(refused.excess(), 1);
    let other = holdings.hold(&bob, MOST, None).ok().unwrap();
    drop(first);
    assert_eq!(holdings.bytes_of("ann"), 4_000);
    let third = holdings.hold(&ann, 6_000, None).ok().unwrap();
    drop((second, third, other));
    assert!(holdings.is_empty());
}

#[test]
fn a_document_counts_once_for_each_subject_who_runs_it_however_often() {
    let (holdings, ann, bob) = (Holdings::new(MOST), subject("ann"), subject("bob"));
    let (one, other) = (document("{ a b c }"), document("{ a b c }"));
    let bytes = one.parsed_bytes();
    assert!(bytes > 1_000, "{bytes}");
    let hold = |of: &Subject, document| holdings.hold(of, 10, Some(document)).ok().unwrap();
    let (first, again) = (hold(&ann, &one), hold(&ann, &one));
    assert_eq!(holdings.bytes_of("ann"), bytes + 20);
    // What was parsed twice is there twice.
    let parsed_again = hold(&ann, &other);
    assert_eq!(holdings.bytes_of("ann"), 2 * bytes + 30);
    let theirs = hold(&bob, &one);
    assert_eq!(holdings.bytes_of("bob"), bytes + 10);
    drop((first, parsed_again));
    assert_eq!(holdings.bytes_of("ann"), bytes + 10);
    drop((again, theirs));
    assert!(holdings.is_empty());
}

#[test]
fn an_entry_that_grows_is_not_refused_and_nothing_begins_beside_it() {
    let (holdings, ann) = (Holdings::new(MOST), subject("ann"));
    let mut list = holdings.open(&ann);
    assert_eq!(holdings.check(&ann), Ok(()));
    list.set(MOST + 500);
    let too_much = holdings.check(&ann).unwrap_err();
    assert_eq!(too_much.excess(), 500);
    assert!(holdings.hold(&ann, 1, None).is_err());
    list.set(MOST - 1);
    assert!(holdings.hold(&ann, 1, None).is_ok());
    drop(list);
    assert!(holdings.is_empty());
}

#[test]
fn an_entry_goes_over_to_another_account_with_all_its_bytes() {
    let (holdings, ann, bob) = (Holdings::new(MOST), subject("ann"), subject("bob"));
    let mut list = holdings.open(&ann);
    list.set(700);
    list.pass_to(&bob);
    assert_eq!(
        (holdings.bytes_of("ann"), holdings.bytes_of("bob")),
        (0, 700)
    );
    list.set(800);
    assert_eq!(holdings.bytes_of("bob"), 800);
    drop(list);
    assert!(holdings.is_empty());
}

#[test]
fn variables_count_as_what_they_are_in_memory() {
    let none = cost(json!({}));
    // Two bytes each as JSON.
    let many = cost(json!({ "a": vec![0; 1_000] }));
    assert!(many - none >= COPIES_AT_LEAST * 1_000 * size_of::<async_graphql::Value>());
    let text = cost(json!({ "a": "x".repeat(10_000) }));
    assert!(text - none >= COPIES_AT_LEAST * 10_000);
    let object: serde_json::Map<_, _> = (0..100)
        .map(|key| (format!("k{key}"), json!(null)))
        .collect();
    assert!(cost(json!({ "a": object })) > cost(json!({ "a": vec![json!(null); 100] })));
}

/// By the operation, by its group, and by an execution.
const COPIES_AT_LEAST: usize = 3;

#[test]
fn a_query_counts_for_no_ring() {
    let none = Variables::default();
    let query = of_operation(&document("query { a }"), &none);
    let subscription = of_operation(&document("subscription { a }"), &none);
    assert_eq!(subscription - query, RING_SHARE);
}
