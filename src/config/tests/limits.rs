//! Limits, web origins and trusted documents: defaults, ranges, and the line of each wrong value.

use api::graphql::gate::{Documents, GateOptions, Limits, ListLimits};
use api::http::HttpOptions;

use super::super::limits::NUMBERS;
use super::*;

/// One document, under a key of somebody's own.
const MANIFEST: &str = "{\"c0ffee\":\"{ viewer { subject } }\"}";

#[test]
fn by_default_operations_have_the_limits_of_the_library() {
    let config = from_environment(&[]).unwrap();
    assert_eq!(config.limits.operations, Limits::default());
    let gate = config.gate().unwrap();
    assert_eq!(gate.lists, ListLimits::default());
    assert_eq!(gate.ready_bytes, GateOptions::default().ready_bytes);
    let (ours, theirs) = (
        config.limits.over(HttpOptions::default()),
        HttpOptions::default(),
    );
    assert_eq!(ours.operations_per_socket, theirs.operations_per_socket);
    assert_eq!(ours.request_timeout, theirs.request_timeout);
    assert_eq!(ours.body_timeout, theirs.body_timeout);
    assert_eq!(ours.init_timeout, theirs.init_timeout);
    assert_eq!(ours.connections_per_viewer, 100);
    let rates = [ours.rate, ours.gateway_rate].map(|rate| {
        let rate = rate.unwrap();
        (rate.per_second, rate.burst)
    });
    assert_eq!(rates, [(100, 200), (5_000, 10_000)]);
    assert!(config.gate().unwrap().introspection);
}

#[test]
fn every_limit_has_a_range_and_a_line_beyond_it() {
    for number in NUMBERS {
        let name = format!("REGIE_{}", number.name.to_uppercase());
        for fits in [number.least(), number.most()] {
            let text = fits.to_string();
            assert!(
                from_environment(&[(name.as_str(), text.as_str())]).is_ok(),
                "{name}={text}"
            );
        }
        let above = (number.most() + 1).to_string();
        for wrong in [
            above.as_str(),
            "-1",
            "1.5",
            "many",
            "0x10",
            "5000000000000000000000",
        ] {
            let line = line(&name, wrong);
            let begin = format!("{name}: {wrong:?} is not a number of ");
            let end = format!(" (write {} to {})", number.least(), number.most());
            assert!(line.starts_with(&begin) && line.ends_with(&end), "{line}");
        }
        if let Some(below) = number.least().checked_sub(1) {
            line(&name, &below.to_string());
        }
    }
}

#[test]
fn each_limit_reaches_what_it_limits() {
    let changed = |name: &str, value: &str| {
        let config = from_environment(&[(name, value)]).unwrap();
        let limits = config.limits.clone();
        (format!("{limits:?}"), limits.over(HttpOptions::default()))
    };
    let (default, _) = changed("REGIE_LOG", "warn");
    for number in NUMBERS {
        let name = format!("REGIE_{}", number.name.to_uppercase());
        let other = if number.default == number.least().to_string() {
            number.most()
        } else {
            number.least()
        };
        assert_ne!(changed(&name, &other.to_string()).0, default, "{name}");
    }
    let (_, options) = changed("REGIE_REQUESTS_PER_SECOND", "0");
    assert!(options.rate.is_none() && options.gateway_rate.is_some());
    let (_, options) = changed("REGIE_GATEWAY_REQUESTS_PER_SECOND", "0");
    assert!(options.rate.is_some() && options.gateway_rate.is_none());
}

#[test]
fn origins_are_written_as_browsers_send_them() {
    let config = from_environment(&[(
        "REGIE_ALLOWED_ORIGINS",
        "https://desk.example, http://localhost:3000",
    )]);
    let expected = ["https://desk.example", "http://localhost:3000"];
    assert_eq!(config.unwrap().allowed_origins, expected);
    assert!(from_environment(&[]).unwrap().allowed_origins.is_empty());
    for wrong in [
        "*",
        "null",
        "desk.example",
        "https://desk.example/",
        "https://desk.example/path",
        "https://Desk.example",
        "https://desk.example:443",
        "https://user@desk.example",
        "https://*.example",
        "ftp://desk.example",
        "file://",
        "https://desk.example,",
        "https://desk.example https://other.example",
    ] {
        assert_eq!(
            line("REGIE_ALLOWED_ORIGINS", wrong),
            format!(
                "REGIE_ALLOWED_ORIGINS: {wrong:?} is not a list of web origins (write \
                 https://HOST or https://HOST:PORT, with commas between)"
            )
        );
    }
}

#[test]
fn introspection_is_yes_or_no() {
    let config = from_environment(&[("REGIE_INTROSPECTION", "false")]).unwrap();
    assert!(!config.gate().unwrap().introspection);
    assert_eq!(
        line("REGIE_INTROSPECTION", "off"),
        "REGIE_INTROSPECTION: \"off\" is not a yes or no (write true or false)"
    );
}

#[test]
fn trusted_documents_come_from_a_file_and_the_flag_goes_over_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, json: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, json).unwrap();
        path
    };
    let good = write("good.json", MANIFEST);
    let bad = write("bad.json", "[1]");
    let setting = |path: &Path| {
        let path = path.to_str().unwrap();
        from_environment(&[("REGIE_TRUSTED_DOCUMENTS", path)]).unwrap()
    };
    let listed = |config: Config| match config.gate().map(|gate| gate.documents) {
        Ok(Documents::Listed(manifest)) => Ok(manifest.len()),
        Ok(Documents::Any(_)) => panic!("any document may run"),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(listed(setting(&good)), Ok(1));
    assert_eq!(listed(setting(&bad).trusting(Some(&good))), Ok(1));
    assert_eq!(
        listed(setting(&bad)).unwrap_err(),
        format!(
            "REGIE_TRUSTED_DOCUMENTS: \"{}\" is not a JSON object of documents by their hash (write \
             it again with graphql-codegen or relay-compiler)",
            bad.display()
        )
    );
    let absent = folder.path().join("absent.json");
    let refused = listed(setting(&good).trusting(Some(&absent))).unwrap_err();
    assert!(
        refused.starts_with("--trusted-documents: cannot read "),
        "{refused}"
    );
    assert_eq!(refused.lines().count(), 1);
}

#[test]
fn without_a_store_only_texts_run() {
    let config = from_environment(&[("REGIE_APQ_DOCUMENTS", "0")]).unwrap();
    let documents = config.gate().unwrap().documents;
    assert!(matches!(documents, Documents::Any(None)));
}

#[test]
fn the_help_names_every_setting_with_its_default() {
    let help = help();
    for name in names() {
        let row = help
            .lines()
            .find(|line| line.split_whitespace().next() == Some(name));
        let default = defaults().into_iter().find(|(known, _)| *known == name);
        let shown = row.unwrap().split_whitespace().nth(1);
        assert_eq!(shown, default.map(|(_, text)| text), "{name}");
    }
}
