//! What can be said of a document's operations once, whatever variables they are run with.
//!
//! Only the sizes of pages and whether a text is searched depend on variables, and an operation is the
//! larger the larger its pages are and the more it searches. So one that passes with the largest pages
//! and every search there may be passes with any; of its variables only those that give a page its size are looked at when it runs. Invariant: what passes here would
//! pass if it were measured; the reverse need not hold, and then it is measured.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Variables};

use super::measure::{self, PageSizes, Ruler};
use super::variables::value_of;
use super::{GateOptions, GateRefusal, Limits, shape};

/// Looking at more variables than this is no less work than to measure.
const MOST_PAGE_SIZES: usize = 16;

/// The operations of a document that pass whatever their variables.
#[derive(Debug, Default)]
pub(super) struct Unvarying {
    operations: Vec<Option<Name>>,
    /// Variables that give a page its size, anywhere in the document; a few.
    page_sizes: Vec<Name>,
}

impl Unvarying {
    /// Measures each operation with the largest pages.
    pub(super) fn of(document: &ExecutableDocument, options: &GateOptions) -> Self {
        // What is refused is measured when it runs, which then says why.
        Self::measure(document, options).unwrap_or_default()
    }

    fn measure(document: &ExecutableDocument, options: &GateOptions) -> Result<Self, GateRefusal> {
        let limits = &options.limits;
        let mut ruler = Ruler::new(document, PageSizes::largest(), limits)?;
        let measures: Vec<_> = document
            .operations
            .iter()
            .map(|(name, operation)| (name, operation, ruler.operation(&operation.node)))
            .collect();
        let each = measures.iter().map(|(_, _, measure)| *measure);
        measure::check_document(each, limits)?;
        let pass = |(name, operation, measure): (Option<&Name>, _, super::measure::Measure)| {
            let operation: &async_graphql::Positioned<OperationDefinition> = operation;
            measure.check(limits).ok()?;
            options.check_introspection(&measure).ok()?;
            shape::check_root(document, &operation.node).ok()?;
            Some(name.cloned())
        };
        let operations = measures.into_iter().filter_map(pass).collect();
        let page_sizes = ruler.into_page_sizes();
        if page_sizes.len() > MOST_PAGE_SIZES {
            return Ok(Self::default());
        }
        Ok(Self {
            operations,
            page_sizes,
        })
    }

    /// Whether this operation passes with these variables without being measured.
    pub(super) fn passes(
        &self,
        name: Option<&Name>,
        operation: &OperationDefinition,
        variables: &Variables,
        limits: &Limits,
    ) -> bool {
        let small = |variable: &Name| {
            let value = value_of(variable, operation, variables);
            let size = value.and_then(super::variables::size);
            size.is_none_or(|size| size <= limits.page_size)
        };
        self.operations.iter().any(|passes| passes.as_ref() == name)
            && self.page_sizes.iter().all(small)
    }
}
