//! Every reason for attention has an exit (domain.md section 13).

use super::*;
use crate::attention::is_acknowledged;
use crate::exits::exits;

/// What the table of the rulebook says, read off docs/domain.md.
fn rulebook() -> Vec<(String, String)> {
    let rulebook = include_str!("../../../../docs/domain.md");
    let (_, table) = rulebook
        .split_once("| Reason | Ends by itself | A supervisor's action |\n|---|---|---|\n")
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect());
    cells
        .map(|cells: Vec<&str>| (cells[0].to_owned(), cells[2].to_owned()))
        .collect()
}

/// How the rulebook names an action.
const fn name(action: SupervisorAction) -> &'static str {
    match action {
        SupervisorAction::Monitor => "monitor",
        SupervisorAction::Coach => "coach",
        SupervisorAction::Join => "join",
        SupervisorAction::TakeOver => "take over",
        SupervisorAction::Assign => "assign",
        SupervisorAction::Requeue => "requeue",
        SupervisorAction::ForceClose => "force close",
        SupervisorAction::AnswerHelp => "answerHelp",
        SupervisorAction::Acknowledge => "`acknowledgeAttention`",
    }
}

#[test]
fn each_reason_has_the_exits_that_the_rulebook_names_and_no_other() {
    let rulebook = rulebook();
    for reason in AttentionReason::ALL {
        let of_it = rulebook.iter().find(|(name, _)| name == reason.as_str());
        let (_, said) = of_it.unwrap_or_else(|| panic!("the rulebook has no row of {reason}"));
        // What agents do is said after theirs.
        let said = said.split("; agent:").next().unwrap();
        for action in SupervisorAction::ALL {
            let has = exits(*reason).contains(action);
            assert_eq!(said.contains(name(*action)), has, "{reason}: {action}");
        }
        assert!(!exits(*reason).is_empty(), "{reason}");
        let acknowledges = exits(*reason).contains(&SupervisorAction::Acknowledge);
        assert_eq!(acknowledges, is_acknowledged(*reason), "{reason}");
    }
}

#[test]
fn every_action_is_one_that_viewer_can_shows_and_is_an_exit_of_some_reason() {
    for action in SupervisorAction::ALL {
        let shown = action.action().spec().viewer_can;
        assert!(shown.is_some(), "{action}");
        let mut reasons = AttentionReason::ALL.iter();
        assert!(
            reasons.any(|reason| exits(*reason).contains(action)),
            "{action}"
        );
    }
}
