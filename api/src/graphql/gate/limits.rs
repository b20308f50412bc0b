//! How large one operation may be, and the names under which clients learn of it.

use std::time::Duration;

/// A list as long as the organisation is large.
const LONG: u64 = 100;
/// A list of what one agent, conversation or answer has.
const SHORT: u64 = 10;
/// A customer's earlier conversations.
const EARLIER: u64 = 20;
/// A list of what a bulk came to.
const MANY: u64 = 500;
/// The limits within which durations are counted.
const LIMITED: u64 = 17;
/// A list of reasons that hold at once.
const FEW: u64 = 3;

/// Every list of objects in the schema that has no pages, which a test holds it to.
const LISTS: &[(&str, u64)] = &[
    ("members", LONG),
    ("byQueue", LONG),
    ("byAgent", LONG),
    ("queues", SHORT),
    ("consultants", SHORT),
    ("participants", SHORT),
    ("monitorSessions", SHORT),
    ("runningMonitorSessions", SHORT),
    ("reviewSessions", SHORT),
    ("runningReviewSessions", SHORT),
    ("earlierConversations", EARLIER),
    ("attributes", SHORT),
    ("attachments", FEW),
    ("reactions", FEW),
    ("revisions", FEW),
    ("sentimentHistory", LONG),
    ("dispositions", SHORT),
    ("week", SHORT),
    ("exceptions", SHORT),
    ("openings", FEW),
    ("attention", FEW),
    ("added", FEW),
    ("byState", SHORT),
    ("byChannel", SHORT),
    ("bySentiment", SHORT),
    ("byAttention", SHORT),
    ("results", MANY),
    ("bulkPreview", MANY),
    ("rows", LONG),
    ("within", LIMITED),
    ("closedByReason", SHORT),
    ("closedByDisposition", SHORT),
    ("presences", SHORT),
    // A command is refused for one reason.
    ("errors", 1),
];

/// Every field that goes over all ongoing conversations, or measures every agent or queue, however little
/// of that is shown. A row of the board takes some nanoseconds, so the view counts no more than a list as
/// long as the organisation. A search looks into the names of every row, and counts far more.
const SCANS: &[(&str, u64)] = &[
    ("ongoingConversations", LONG),
    ("ongoingConversationsLive", LONG),
    ("ongoingSummary", LONG),
    ("ongoingSummaryLive", LONG),
    ("agentsLive", LONG),
    ("assignableAgents", LONG),
    ("assignableQueues", LONG),
    ("insights", LONG),
    ("insightsLive", LONG),
    ("transferableAgents", LONG),
];

/// What an operation may use. Every figure is inclusive.
///
/// The defaults let the introspection query of `GraphiQL` and `graphql-js` pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document's text.
    pub document_bytes: u64,
    /// Bytes of the variables as JSON.
    pub variables_bytes: u64,
    /// Lexical tokens of the document.
    pub tokens: u64,
    /// Brackets of any kind inside one another, and selection sets with fragments written out. Not above
    /// 64, which is as deep as parser and validator can follow on the stack of a worker thread.
    pub nesting: u64,
    /// Fragment definitions of the document.
    pub fragments: u64,
    /// Selections of the whole document with every fragment spread written out. This bounds what
    /// validation and execution walk, however small the text.
    pub selections: u64,
    /// Fields inside one another; what lies below `__schema` and `__type` counts for
    /// [`introspection_depth`](Self::introspection_depth) instead.
    pub depth: u64,
    /// Fields inside one another below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Lists of introspection inside one another (`fields`, `inputFields`, `interfaces`,
    /// `possibleTypes`): each level multiplies the answer by the size of the schema.
    pub introspection_lists: u64,
    /// How often `__schema` and `__type` are selected.
    pub introspection_fields: u64,
    /// Lists without pages inside one another: each level multiplies the answer by more than anybody
    /// asked for.
    pub nested_lists: u64,
    /// The sum over all fields, where what lies below a page counts once for each of its items, and what
    /// looks at more than it shows counts for that too.
    pub complexity: u64,
    /// The largest `first` or `last`.
    pub page_size: u64,
    /// What a connection counts for that names neither `first` nor `last`; not a limit itself.
    pub default_page_size: u64,
    /// Fields that are lists of objects without pages, and as how many items each counts; no limits
    /// themselves.
    pub lists: &'static [(&'static str, u64)],
    /// Fields that look at more than they show, and what each counts for that besides; no limits
    /// themselves.
    pub scans: &'static [(&'static str, u64)],
    /// What a field counts besides whose `filter` has a `text`; not a limit itself.
    pub text_search: u64,
    /// Aliases, with fragments written out.
    pub aliases: u64,
    /// Fields at the root, with fragments written out.
    pub root_fields: u64,
    /// Directives, with fragments written out.
    pub directives: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 * 1024,
            variables_bytes: 64 * 1024,
            tokens: 5_000,
            nesting: 64,
            fragments: 100,
            selections: 5_000,
            depth: 15,
            introspection_depth: 20,
            introspection_lists: 3,
            introspection_fields: 5,
            nested_lists: 2,
            complexity: 20_000,
            page_size: 100,
            default_page_size: 50,
            lists: LISTS,
            scans: SCANS,
            text_search: 2_000,
            aliases: 50,
            root_fields: 20,
            directives: 50,
        }
    }
}

impl Limits {
    /// As how many items what lies below a field counts, where it is no page: 1 but for a list.
    pub(super) fn items_of(&self, field: &str) -> u64 {
        figure_of(self.lists, field).unwrap_or(1)
    }

    /// What a field counts for what it looks at: 0 for most.
    pub(super) fn scan_of(&self, field: &str) -> u64 {
        figure_of(self.scans, field).unwrap_or(0)
    }
}

fn figure_of(table: &[(&str, u64)], field: &str) -> Option<u64> {
    let mut rows = table.iter();
    rows.find(|(name, _)| *name == field)
        .map(|(_, figure)| *figure)
}

/// What the live lists of one server may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLimits {
    /// Different lists that one subject has at once; 1 or more.
    pub per_viewer: usize,
    /// Bytes of all lists together, with what is kept of their updates.
    pub bytes: usize,
    /// How long a list that nobody has is kept for whoever comes back.
    pub linger: Duration,
}

impl Default for ListLimits {
    fn default() -> Self {
        Self {
            per_viewer: 50,
            bytes: 512 * 1024 * 1024,
            linger: Duration::from_mins(1),
        }
    }
}

macro_rules! limits {
    ($($name:ident $field:ident $text:literal $unit:literal,)*) => {
        /// One of the [`Limits`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Limit {
            $(#[doc = concat!("[`Limits::", stringify!($field), "`].")] $name,)*
        }

        impl Limit {
            /// The name in `extensions.limit`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What is counted, for the message.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$name => $unit,)* }
            }

            /// The figure allowed.
            pub const fn allowed(self, limits: &Limits) -> u64 {
                match self { $(Self::$name => limits.$field,)* }
            }
        }
    };
}

limits! {
    DocumentBytes document_bytes "documentBytes" "bytes of the document",
    VariablesBytes variables_bytes "variablesBytes" "bytes of the variables",
    Tokens tokens "tokens" "tokens of the document",
    Nesting nesting "nesting" "brackets inside one another",
    Fragments fragments "fragments" "fragment definitions",
    Selections selections "selections" "selections with fragments written out",
    Depth depth "depth" "fields inside one another",
    IntrospectionDepth introspection_depth "introspectionDepth"
        "fields of introspection inside one another",
    IntrospectionLists introspection_lists "introspectionLists"
        "lists of introspection inside one another",
    IntrospectionFields introspection_fields "introspectionFields" "selections of __schema and __type",
    NestedLists nested_lists "nestedLists" "lists without pages inside one another",
    Complexity complexity "complexity" "fields, counted once for each item of their page",
    PageSize page_size "pageSize" "items of a page",
    Aliases aliases "aliases" "aliases",
    RootFields root_fields "rootFields" "fields at the root",
    Directives directives "directives" "directives",
}
