//! What Regie itself says: a code for programs, and a text in the reader's language for people.

use serde_json::{Value, json};

use crate::floor::Floor;

#[tokio::test]
async fn joining_leaving_and_force_closing_are_said_in_english_and_in_dutch() {
    let floor = Floor::new().await;
    let id = floor.joined("WHATSAPP").await;
    let said = json!({ "text": "Guten Tag" });
    floor.act(&floor.anna, "sendMessage", &id, said).await;
    for end in ["leaveConversation", "forceCloseConversation"] {
        floor.act(&floor.sam, end, &id, json!({})).await;
    }
    let fields = "transcript { edges { node {
        author systemMessage text english: text(language: EN) dutch: text(language: NL)
    } } }";
    let expected = json!([
        [
            "SUPERVISOR_JOINED",
            "A supervisor has joined the conversation.",
            "Een supervisor neemt deel aan het gesprek."
        ],
        [null, "Guten Tag", "Guten Tag"],
        [
            "SUPERVISOR_LEFT",
            "A supervisor has left the conversation.",
            "Een supervisor heeft het gesprek verlaten."
        ],
        [
            "FORCE_CLOSED_BY_SUPERVISOR",
            "A supervisor has ended the conversation.",
            "Een supervisor heeft het gesprek beëindigd."
        ],
    ]);
    // Agent and customer read the same.
    for token in [&floor.anna, &floor.gateway] {
        let seen = floor.see(token, &id, fields).await;
        let nodes = seen["transcript"]["edges"].as_array().unwrap().iter();
        let texts: Vec<Value> = nodes
            .map(|edge| {
                let node = &edge["node"];
                assert_eq!(
                    node["text"], node["english"],
                    "English unless asked otherwise"
                );
                json!([node["systemMessage"], node["english"], node["dutch"]])
            })
            .collect();
        assert_eq!(json!(texts), expected);
    }
}
