//! What an operation passes before anything of it is validated or executed.
//!
//! Invariants: the work is linear in the document, with a bound known before the parser starts; a
//! document that passed may be cloned, validated and executed at a cost that [`Limits`] bounds.
//! Every refusal has a code, and a limit's refusal names the limit, what it allows and what was
//! found. What can be said of a document whatever its variables is found out once: its measure when it
//! is parsed, and, by a gate with a schema, whether it is valid when it first keeps the limits.
//! Pure: no viewer, no clock.
//!
//! What it must not do: decide what a viewer may see, or judge the values of variables.

mod cache;
mod cost;
mod documents;
mod fragments;
mod lexer;
mod lift;
mod limits;
mod measure;
mod options;
mod refusal;
mod request;
mod shape;
mod spelling;
mod unvarying;
mod validity;
mod variables;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::format_collect)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};

use cache::{DocumentCache, Parsed};
use measure::{PageSizes, Ruler, within};
use unvarying::Unvarying;

pub use cost::{COST, Cost};
pub use documents::{Automatic, Documents, Manifest, ManifestRefused};
pub use limits::{Limit, Limits, ListLimits};
pub use options::GateOptions;
pub use refusal::{
    GateRefusal, RefusalKind, coded, internal_error, is_internal, limit_exceeded, with_codes,
};
pub use request::GraphQlRequest;
pub use validity::{Library, Validator, schema_of};

/// How many tokens the cache of documents holds: some 60 MB at worst, a few in practice.
const CACHED_TOKENS: u64 = 200_000;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Changes.
    Mutation,
    /// Follows.
    Subscription,
}

impl OperationKind {
    /// The keyword of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

impl From<OperationType> for OperationKind {
    fn from(of: OperationType) -> Self {
        match of {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

/// An operation that passed: of a valid document, by a gate with a schema. The values of its variables
/// are not validated.
#[derive(Clone)]
pub struct Passed {
    /// What the chosen operation does.
    pub kind: OperationKind,
    /// The chosen operation's name.
    pub operation_name: Option<Box<str>>,
    parsed: Arc<Parsed>,
    /// The document as it is executed, if that is not as it was written.
    lifted: Option<Arc<ExecutableDocument>>,
}

impl Passed {
    /// The document, for `Request::set_parsed_query`.
    pub fn document(&self) -> &ExecutableDocument {
        self.lifted.as_deref().unwrap_or(&self.parsed.document)
    }

    /// Whether the document may ask what the schema is.
    pub fn introspects(&self) -> bool {
        self.parsed.introspects
    }

    /// Whether this is the same operation of the same parsed document.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.parsed, &other.parsed) && self.operation_name == other.operation_name
    }

    /// Which parsed document it is, while it is held.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.parsed).addr()
    }

    /// Whether an execution of this document for many has found that its answer depends on who asks.
    pub fn is_personal(&self) -> bool {
        self.parsed.personal.load(Ordering::Relaxed)
    }

    /// Remembers that the answer depends on who asks.
    pub fn set_personal(&self) {
        self.parsed.personal.store(true, Ordering::Relaxed);
    }

    /// About how many bytes the parsed document takes, with the copy that is executed where there is one.
    pub fn bytes(&self) -> usize {
        self.parsed_bytes() * (1 + usize::from(self.lifted.is_some()))
    }

    /// About how many bytes the parsed document takes, which all have in common who run it.
    pub fn parsed_bytes(&self) -> usize {
        self.parsed.bytes()
    }

    /// About how many bytes the copies of it take that whoever runs it has alone: while it is executed,
    /// and what is executed where that is not as it was written.
    pub fn copy_bytes(&self) -> usize {
        self.bytes()
    }
}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passed")
            .field("kind", &self.kind)
            .field("operation_name", &self.operation_name)
            .finish_non_exhaustive()
    }
}

/// The gate. One per server.
pub struct Gate {
    options: GateOptions,
    validator: Option<Validator>,
    cache: DocumentCache,
    /// How often an operation was measured with its variables, for the tests.
    #[cfg(test)]
    measured: std::sync::atomic::AtomicU64,
}

impl Gate {
    /// A gate with these options, or limits with the other options as by default. It knows no schema.
    pub fn new(options: impl Into<GateOptions>) -> Self {
        Self {
            options: options.into(),
            validator: None,
            cache: DocumentCache::new(CACHED_TOKENS),
            #[cfg(test)]
            measured: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// The same gate, which lets only documents pass that this validator finds valid.
    #[must_use]
    pub fn with_validator(self, validator: Validator) -> Self {
        Self {
            validator: Some(validator),
            ..self
        }
    }

    /// Finds the document that the request means, and lets its operation [`pass`](Self::pass).
    pub fn admit(&self, request: &GraphQlRequest) -> Result<Passed, GateRefusal> {
        let found = self.options.documents.find(request)?;
        let name = request.operation_name.as_deref();
        let passed = self.pass(&found.text, name, &request.variables)?;
        self.options.documents.passed(&found);
        Ok(passed)
    }

    /// Parses the document, chooses its operation, and checks size, shape and validity.
    pub fn pass(
        &self,
        document: &str,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Passed, GateRefusal> {
        let limits = &self.options.limits;
        within(Limit::DocumentBytes, limits, document.len() as u64)?;
        within(Limit::VariablesBytes, limits, variables::bytes(variables))?;
        let parsed = self.parse(document)?;
        let (name, operation) = shape::choose(&parsed.document, operation_name)?;
        let operation = &operation.node;
        if !parsed.unvarying.passes(name, operation, variables, limits) {
            self.measure(&parsed.document, operation, variables)?;
        }
        self.validate(document, &parsed)?;
        variables::check_required(operation, variables)?;
        Ok(Passed {
            kind: operation.ty.into(),
            operation_name: name.map(|name| name.as_str().into()),
            lifted: lift::lifted(&parsed.document, name, operation).map(Arc::new),
            parsed,
        })
    }

    /// What an operation that passed costs with these variables.
    pub fn cost(&self, passed: &Passed, variables: &Variables) -> Result<Cost, GateRefusal> {
        let (document, limits) = (&passed.parsed.document, &self.options.limits);
        let (_, operation) = shape::choose(document, passed.operation_name.as_deref())?;
        let operation = &operation.node;
        let mut ruler = Ruler::new(document, PageSizes::of(operation, variables), limits)?;
        let each = document.operations.iter();
        let selections = each.map(|(_, each)| ruler.operation(&each.node).selections);
        let selections = selections.fold(0, u64::saturating_add);
        Ok(Cost::of(&ruler.operation(operation), selections, limits))
    }

    /// Measures the operation with these variables, and looks at its root.
    fn measure(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Result<(), GateRefusal> {
        #[cfg(test)]
        self.measured.fetch_add(1, Ordering::Relaxed);
        let limits = &self.options.limits;
        let mut ruler = Ruler::new(document, PageSizes::of(operation, variables), limits)?;
        let each = document.operations.iter();
        let each = each.map(|(_, each)| ruler.operation(&each.node));
        measure::check_document(each, limits)?;
        let measure = ruler.operation(operation);
        measure.check(limits)?;
        self.options.check_introspection(&measure)?;
        shape::check_root(document, operation)
    }

    /// Whether the document is valid, found out the first time that one of its operations has passed
    /// the limits: they bound what that costs.
    fn validate(&self, text: &str, parsed: &Parsed) -> Result<(), GateRefusal> {
        let Some(validator) = &self.validator else {
            return Ok(());
        };
        let valid = parsed
            .validity
            .get_or_init(|| validator.check(text, &parsed.document));
        valid.clone().map_err(GateRefusal::not_valid)
    }

    fn parse(&self, text: &str) -> Result<Arc<Parsed>, GateRefusal> {
        if let Some(parsed) = self.cache.get(text) {
            return Ok(parsed);
        }
        let scan = lexer::scan(text);
        if let Some(begin) = scan.unended {
            return Err(GateRefusal::unended(text, begin));
        }
        let limits = &self.options.limits;
        within(Limit::Tokens, limits, scan.tokens)?;
        within(Limit::Nesting, limits, scan.nesting)?;
        let document = parse_query(spelling::for_parser(text)).map_err(GateRefusal::syntax)?;
        let fragments = document.fragments.len() as u64;
        within(Limit::Fragments, limits, fragments)?;
        let unvarying = Unvarying::of(&document, &self.options);
        let parsed = Arc::new(Parsed::new(document, unvarying, scan.tokens, text));
        self.cache.put(text, Arc::clone(&parsed));
        Ok(parsed)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
