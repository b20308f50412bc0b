//! All settings by name, those of the table of limits included; and the help that lists them.

use super::limits::NUMBERS;
use super::{DEFAULTS, NAMES};

/// The names of all settings, in the order of docs/configuration.md.
pub(super) fn names() -> Vec<&'static str> {
    let numbers = NUMBERS.iter().map(|number| number.name);
    NAMES.iter().copied().chain(numbers).collect()
}

/// The defaults of all settings that have one.
pub(super) fn defaults() -> Vec<(&'static str, &'static str)> {
    let numbers = NUMBERS.iter().map(|number| (number.name, number.default));
    DEFAULTS.iter().copied().chain(numbers).collect()
}

/// Every setting with its default, for the command line's help.
pub(crate) fn help() -> String {
    let defaults = defaults();
    let line = |name: &str| {
        let default = defaults.iter().find(|(known, _)| *known == name);
        let default = default.map_or("", |(_, text)| text);
        format!("  {name:<30} {default}").trim_end().to_owned()
    };
    let lines: Vec<_> = names().into_iter().map(line).collect();
    format!(
        "Settings and their defaults. Write them in the configuration file, or in the environment as\n\
         REGIE_ and the name in upper case; docs/configuration.md says what each is.\n\n{}",
        lines.join("\n")
    )
}
