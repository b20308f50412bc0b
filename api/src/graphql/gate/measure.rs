//! How large an operation is once its fragments are written out, without writing them out.
//!
//! Invariant: the work is linear in the document. A fragment is measured once; a spread adds its
//! figures. Sums saturate, so that 2^60 spreads are simply too many.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::{ConstValue, Value};

use super::{GateRefusal, Limit, Limits, fragments, variables};

/// The items of a page: what lies below them counts with the size of the page, which the field above has.
pub(super) const PAGES: &[&str] = &["edges", "nodes", "conversations", "liveAgents", "changes"];

/// The figures of a selection set, fragments written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) selections: u64,
    /// Selection sets inside one another.
    pub(super) levels: u64,
    pub(super) depth: u64,
    pub(super) introspection_depth: u64,
    pub(super) introspection_lists: u64,
    pub(super) introspection_fields: u64,
    pub(super) nested_lists: u64,
    pub(super) complexity: u64,
    pub(super) page_size: u64,
    pub(super) aliases: u64,
    pub(super) directives: u64,
    /// Fields at the top of this set.
    pub(super) fields: u64,
    /// Has one of [`PAGES`] at its top: the field above is a page of them.
    is_page: bool,
}

impl Measure {
    /// Both in one selection set.
    fn and(&mut self, other: Self) {
        fn sum(one: &mut u64, other: u64) {
            *one = one.saturating_add(other);
        }
        sum(&mut self.selections, other.selections);
        sum(&mut self.introspection_fields, other.introspection_fields);
        sum(&mut self.complexity, other.complexity);
        sum(&mut self.aliases, other.aliases);
        sum(&mut self.directives, other.directives);
        sum(&mut self.fields, other.fields);
        self.levels = self.levels.max(other.levels);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.nested_lists = self.nested_lists.max(other.nested_lists);
        self.page_size = self.page_size.max(other.page_size);
        self.is_page |= other.is_page;
    }

    /// What each limit of one operation sees.
    pub(super) const fn figures(&self) -> [(Limit, u64); 9] {
        [
            (Limit::RootFields, self.fields),
            (Limit::Depth, self.depth),
            (Limit::IntrospectionDepth, self.introspection_depth),
            (Limit::IntrospectionFields, self.introspection_fields),
            (Limit::Aliases, self.aliases),
            (Limit::Directives, self.directives),
            (Limit::PageSize, self.page_size),
            (Limit::NestedLists, self.nested_lists),
            (Limit::Complexity, self.complexity),
        ]
    }

    /// The first limit that this exceeds.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), GateRefusal> {
        for (limit, found) in self.figures() {
            within(limit, limits, found)?;
        }
        // The lists of a schema's own fields have other names than these only below introspection.
        if self.introspection_fields > 0 {
            within(Limit::IntrospectionLists, limits, self.introspection_lists)?;
        }
        Ok(())
    }
}

/// Checks what validation walks: every operation of the document, not only the chosen one. It follows
/// selection sets by recursion, into fragments too, so those count like the brackets of the text.
pub(super) fn check_document(
    operations: impl Iterator<Item = Measure>,
    limits: &Limits,
) -> Result<(), GateRefusal> {
    let (mut selections, mut levels) = (0_u64, 0);
    for operation in operations {
        selections = selections.saturating_add(operation.selections);
        levels = operation.levels.max(levels);
    }
    within(Limit::Selections, limits, selections)?;
    within(Limit::Nesting, limits, levels)
}

/// Refuses what is above the limit.
pub(super) fn within(limit: Limit, limits: &Limits, found: u64) -> Result<(), GateRefusal> {
    if found > limit.allowed(limits) {
        return Err(GateRefusal::limit(limit, limits, found));
    }
    Ok(())
}

/// How large the pages are whose size a variable gives.
#[derive(Clone, Copy)]
pub(super) enum PageSizes<'a> {
    /// As the variables say, or the defaults of this operation.
    Of(&'a OperationDefinition, &'a Variables),
    /// As large as any page may be.
    Largest,
}

impl<'a> PageSizes<'a> {
    pub(super) const fn of(operation: &'a OperationDefinition, variables: &'a Variables) -> Self {
        Self::Of(operation, variables)
    }

    pub(super) const fn largest() -> Self {
        Self::Largest
    }
}

/// Measures the operations of one document with one set of variables.
pub(super) struct Ruler<'a> {
    limits: &'a Limits,
    sizes: PageSizes<'a>,
    /// Variables that give a page its size, where they are not known.
    unknown: HashSet<Name>,
    known: HashMap<&'a Name, Measure>,
    /// Selections looked at, for the tests of linearity.
    pub(super) work: u64,
}

impl<'a> Ruler<'a> {
    /// Measures the fragments. A cycle is refused.
    pub(super) fn new(
        document: &'a ExecutableDocument,
        sizes: PageSizes<'a>,
        limits: &'a Limits,
    ) -> Result<Self, GateRefusal> {
        let mut ruler = Self {
            limits,
            sizes,
            unknown: HashSet::new(),
            known: HashMap::with_capacity(document.fragments.len()),
            work: 0,
        };
        for name in fragments::in_order(document)? {
            if let Some(fragment) = document.fragments.get(name) {
                let mut measure = ruler.set(&fragment.node.selection_set.node);
                measure.directives = measure
                    .directives
                    .saturating_add(count(&fragment.node.directives));
                ruler.known.insert(name, measure);
            }
        }
        Ok(ruler)
    }

    /// The figures of an operation.
    pub(super) fn operation(&mut self, operation: &OperationDefinition) -> Measure {
        let mut measure = self.set(&operation.selection_set.node);
        let on_variables = operation
            .variable_definitions
            .iter()
            .map(|definition| count(&definition.node.directives));
        measure.directives = on_variables
            .fold(measure.directives, u64::saturating_add)
            .saturating_add(count(&operation.directives));
        measure
    }

    fn set(&mut self, set: &SelectionSet) -> Measure {
        let mut sum = Measure::default();
        for selection in &set.items {
            self.work += 1;
            let mut one = match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self
                    .known
                    .get(&spread.node.fragment_name.node)
                    .copied()
                    .unwrap_or_default(),
            };
            one.selections = one.selections.saturating_add(1);
            one.directives = one
                .directives
                .saturating_add(count(selection.node.directives()));
            sum.and(one);
        }
        sum.levels += u64::from(!set.items.is_empty());
        sum
    }

    fn field(&mut self, field: &Field) -> Measure {
        let name = field.name.node.as_str();
        let below = self.set(&field.selection_set.node);
        let mut measure = below;
        measure.fields = 1;
        measure.is_page = PAGES.contains(&name);
        measure.aliases = below
            .aliases
            .saturating_add(u64::from(field.alias.is_some()));
        match name {
            "__typename" => {
                measure.depth = 1;
                return measure;
            }
            "__schema" | "__type" => {
                measure.depth = 1;
                measure.introspection_depth = below.depth.saturating_add(1);
                measure.introspection_fields = below.introspection_fields.saturating_add(1);
            }
            "fields" | "inputFields" | "interfaces" | "possibleTypes" => {
                measure.depth = below.depth.saturating_add(1);
                measure.introspection_lists = below.introspection_lists.saturating_add(1);
            }
            _ => measure.depth = below.depth.saturating_add(1),
        }
        let without_size = if below.is_page {
            self.limits.default_page_size
        } else {
            let items = self.limits.items_of(name);
            measure.nested_lists = below.nested_lists.saturating_add(u64::from(items > 1));
            items
        };
        let asked =
            ["first", "last", "ids"].map(|argument| self.page_asked(argument, field, without_size));
        for one in asked.into_iter().flatten() {
            if let Asked::Exactly(size) = one {
                measure.page_size = measure.page_size.max(size);
            }
        }
        let asked = asked.into_iter().flatten().map(Asked::size).max();
        let times = asked.map_or(without_size, |size| size.max(1));
        let search = if self.searches_text(field) {
            self.limits.text_search
        } else {
            0
        };
        measure.complexity = (below.complexity.saturating_mul(times))
            .saturating_add(self.limits.scan_of(name))
            .saturating_add(search)
            .saturating_add(1);
        measure
    }

    /// Whether the field's filter has a text. Where that is up to a variable that is not known, it has.
    fn searches_text(&self, field: &Field) -> bool {
        let Some(filter) = field.get_argument("filter") else {
            return false;
        };
        match &filter.node {
            Value::Variable(name) => self.may_be(name, |filter| {
                matches!(filter, ConstValue::Object(fields)
                    if fields.get("text").is_some_and(|text| *text != ConstValue::Null))
            }),
            Value::Object(fields) => match fields.get("text") {
                Some(Value::Variable(name)) => self.may_be(name, |text| *text != ConstValue::Null),
                Some(Value::Null) | None => false,
                Some(_) => true,
            },
            _ => false,
        }
    }

    /// Whether a variable has such a value, or may have one.
    fn may_be(&self, name: &Name, such: impl Fn(&ConstValue) -> bool) -> bool {
        match self.sizes {
            PageSizes::Of(operation, variables) => {
                variables::value_of(name, operation, variables).is_some_and(such)
            }
            PageSizes::Largest => true,
        }
    }

    /// What this argument asks for, where it is a number or a list of ids; `without_size` is what counts where it is none.
    fn page_asked(&mut self, argument: &str, field: &Field, without_size: u64) -> Option<Asked> {
        match (&field.get_argument(argument)?.node, self.sizes) {
            (Value::Number(number), _) => number.as_u64().map(Asked::Exactly),
            (Value::List(ids), _) => Some(Asked::Exactly(ids.len() as u64)),
            (Value::Variable(name), PageSizes::Of(operation, variables)) => {
                let value = variables::value_of(name, operation, variables)?;
                variables::size(value).map(Asked::Exactly)
            }
            (Value::Variable(name), PageSizes::Largest) => {
                if !self.unknown.contains(name) {
                    self.unknown.insert(name.clone());
                }
                Some(Asked::AtMost(self.limits.page_size.max(without_size)))
            }
            _ => None,
        }
    }

    /// The variables that give a page its size, where they were not known.
    pub(super) fn into_page_sizes(self) -> Vec<Name> {
        self.unknown.into_iter().collect()
    }
}

/// The size of a page.
#[derive(Clone, Copy)]
enum Asked {
    Exactly(u64),
    /// Of any size up to this, which is no smaller than what a field counts without an argument.
    AtMost(u64),
}

impl Asked {
    const fn size(self) -> u64 {
        match self {
            Self::Exactly(size) | Self::AtMost(size) => size,
        }
    }
}

fn count<T>(directives: &[Positioned<T>]) -> u64 {
    directives.len() as u64
}
