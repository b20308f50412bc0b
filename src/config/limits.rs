//! The settings that bound what a request, a viewer or a connection may use.
//!
//! One table has every one of them with its default and range; what is read from it goes into the
//! options of the library, whose documentation says what each figure counts.

use std::num::NonZeroUsize;
use std::time::Duration;

use api::graphql::gate::{Automatic, Limits, ListLimits};
use api::http::{HttpOptions, Rate};

use super::ConfigError;
use super::layers::Layers;

/// A setting that is a whole number.
pub(super) struct Number {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    least: u64,
    most: u64,
    unit: &'static str,
}

const fn number(
    name: &'static str,
    default: &'static str,
    (least, most): (u64, u64),
    unit: &'static str,
) -> Number {
    Number {
        name,
        default,
        least,
        most,
        unit,
    }
}

/// Every limit, in the order of docs/configuration.md.
pub(super) const NUMBERS: &[Number] = &[
    number("max_document_bytes", "65536", (1_024, 1_048_576), "bytes"),
    number("max_variables_bytes", "65536", (1_024, 16_777_216), "bytes"),
    number("max_tokens", "5000", (500, 100_000), "tokens"),
    // The parser can follow no more on the stack of a worker thread.
    number("max_nesting", "64", (16, 64), "brackets"),
    number("max_fragments", "100", (5, 10_000), "fragments"),
    number("max_selections", "5000", (500, 1_000_000), "selections"),
    number("max_depth", "15", (1, 60), "fields"),
    number("max_complexity", "20000", (100, 100_000_000), "fields"),
    // What a page without `first` may have, and what the schema promises at most.
    number("max_page_size", "100", (50, 100), "items"),
    number("max_aliases", "50", (0, 10_000), "aliases"),
    number("max_root_fields", "20", (1, 1_000), "fields"),
    number("max_directives", "50", (0, 10_000), "directives"),
    number(
        "max_operations_per_connection",
        "50",
        (1, 10_000),
        "operations",
    ),
    number(
        "max_connections_per_viewer",
        "100",
        (1, 1_000_000),
        "connections",
    ),
    number("max_live_lists_per_viewer", "50", (1, 10_000), "lists"),
    number(
        "max_live_list_bytes",
        "536870912",
        (1_048_576, 1_099_511_627_776),
        "bytes",
    ),
    number("live_list_linger_seconds", "60", (0, 3_600), "seconds"),
    number(
        "max_ready_event_bytes",
        "268435456",
        (1_048_576, 1_099_511_627_776),
        "bytes",
    ),
    number(
        "max_held_bytes_per_viewer",
        "134217728",
        (1_048_576, 1_099_511_627_776),
        "bytes",
    ),
    number("requests_per_second", "100", (0, 1_000_000), "requests"),
    number("requests_burst", "200", (1, 1_000_000), "requests"),
    number(
        "gateway_requests_per_second",
        "5000",
        (0, 1_000_000),
        "requests",
    ),
    number(
        "gateway_requests_burst",
        "10000",
        (1, 1_000_000),
        "requests",
    ),
    number("request_timeout_seconds", "30", (1, 600), "seconds"),
    number("body_timeout_seconds", "10", (1, 600), "seconds"),
    number("init_timeout_seconds", "10", (1, 600), "seconds"),
    number("apq_documents", "1000", (0, 1_000_000), "documents"),
    number("apq_bytes", "4194304", (65_536, 1_073_741_824), "bytes"),
];

/// The limits of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LimitSettings {
    /// How large an operation may be.
    pub(crate) operations: Limits,
    /// What live lists may take.
    pub(crate) lists: ListLimits,
    /// How many bytes of events are kept ready.
    pub(crate) ready_bytes: usize,
    /// How many bytes one subject may make the server hold.
    pub(crate) held_bytes: usize,
    operations_per_connection: usize,
    connections_per_viewer: usize,
    rate: Option<Rate>,
    gateway_rate: Option<Rate>,
    request_timeout: Duration,
    body_timeout: Duration,
    init_timeout: Duration,
    apq_documents: usize,
    apq_bytes: usize,
}

impl LimitSettings {
    /// Reads every number of the table.
    pub(super) fn read(layers: &Layers) -> Result<Self, ConfigError> {
        let read = |name: &str| {
            let number = NUMBERS.iter().find(|number| number.name == name);
            let Some(number) = number else {
                return Err(ConfigError::new(name, "is not set"));
            };
            number.read(layers)
        };
        let count =
            |name: &str| read(name).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let seconds = |name: &str| read(name).map(Duration::from_secs);
        let rate = |often: &str, burst: &str| -> Result<Option<Rate>, ConfigError> {
            let short =
                |name: &str| read(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
            let (per_second, burst) = (short(often)?, short(burst)?);
            Ok((per_second > 0).then_some(Rate { per_second, burst }))
        };
        Ok(Self {
            operations: Limits {
                document_bytes: read("max_document_bytes")?,
                variables_bytes: read("max_variables_bytes")?,
                tokens: read("max_tokens")?,
                nesting: read("max_nesting")?,
                fragments: read("max_fragments")?,
                selections: read("max_selections")?,
                depth: read("max_depth")?,
                complexity: read("max_complexity")?,
                page_size: read("max_page_size")?,
                aliases: read("max_aliases")?,
                root_fields: read("max_root_fields")?,
                directives: read("max_directives")?,
                ..Limits::default()
            },
            lists: ListLimits {
                per_viewer: count("max_live_lists_per_viewer")?,
                bytes: count("max_live_list_bytes")?,
                linger: seconds("live_list_linger_seconds")?,
            },
            ready_bytes: count("max_ready_event_bytes")?,
            held_bytes: count("max_held_bytes_per_viewer")?,
            operations_per_connection: count("max_operations_per_connection")?,
            connections_per_viewer: count("max_connections_per_viewer")?,
            rate: rate("requests_per_second", "requests_burst")?,
            gateway_rate: rate("gateway_requests_per_second", "gateway_requests_burst")?,
            request_timeout: seconds("request_timeout_seconds")?,
            body_timeout: seconds("body_timeout_seconds")?,
            init_timeout: seconds("init_timeout_seconds")?,
            apq_documents: count("apq_documents")?,
            apq_bytes: count("apq_bytes")?,
        })
    }

    /// These options with what is limited here.
    pub(crate) fn over(&self, options: HttpOptions) -> HttpOptions {
        HttpOptions {
            operations_per_socket: self.operations_per_connection,
            connections_per_viewer: self.connections_per_viewer,
            rate: self.rate,
            gateway_rate: self.gateway_rate,
            request_timeout: self.request_timeout,
            body_timeout: self.body_timeout,
            init_timeout: self.init_timeout,
            ..options
        }
    }

    /// The store of automatic persisted queries; none when it is switched off.
    pub(crate) fn automatic(&self) -> Option<Automatic> {
        let documents = NonZeroUsize::new(self.apq_documents)?;
        Some(Automatic::new(documents, self.apq_bytes))
    }
}

impl Number {
    /// The least that may be set, for the tests.
    #[cfg(test)]
    pub(super) const fn least(&self) -> u64 {
        self.least
    }

    /// The most that may be set, for the tests.
    #[cfg(test)]
    pub(super) const fn most(&self) -> u64 {
        self.most
    }

    fn read(&self, layers: &Layers) -> Result<u64, ConfigError> {
        let Self {
            name,
            least,
            most,
            unit,
            ..
        } = *self;
        let Some(setting) = layers.setting(name)? else {
            return Err(ConfigError::new(name, "is not set"));
        };
        let parse = |text: &str| {
            text.parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
        };
        setting.parse(
            parse,
            &format!("a number of {unit} (write {least} to {most})"),
        )
    }
}
