//! Which variables an operation uses for one argument at its root, and for what else.
//!
//! Fields at the root are those of the operation, and of the fragments that it spreads there.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, Selection, SelectionSet, VariableDefinition,
};
use async_graphql_value::Value;

/// Whether a field at the root has this argument, in any operation.
pub(super) fn has_at_root(document: &ExecutableDocument, argument: &str) -> bool {
    let at_root = fragments_at_root(document, |_| true);
    let at_root = at_root
        .iter()
        .filter_map(|name| document.fragments.get(*name));
    let fragments = at_root.map(|fragment| &fragment.node.selection_set.node);
    let roots = document.operations.iter();
    let roots = roots.map(|(_, operation)| &operation.node.selection_set.node);
    roots.chain(fragments).any(|set| has(set, argument))
}

/// Whether a field of these has this argument; what is in fragments with a name aside.
fn has(set: &SelectionSet, argument: &str) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => field.node.get_argument(argument).is_some(),
        Selection::InlineFragment(inline) => has(&inline.node.selection_set.node, argument),
        Selection::FragmentSpread(_) => false,
    })
}

/// The fragments whose fields are fields at the root of these operations.
fn fragments_at_root(
    document: &ExecutableDocument,
    chosen: impl Fn(Option<&Name>) -> bool,
) -> HashSet<&str> {
    let operations = document.operations.iter();
    let chosen = operations.filter(|(name, _)| chosen(*name));
    let mut sets: Vec<_> = chosen
        .map(|(_, operation)| &operation.node.selection_set.node)
        .collect();
    let mut found = HashSet::new();
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(_) => {}
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if let Some(fragment) = document.fragments.get(name)
                        && found.insert(name)
                    {
                        sets.push(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
    found
}

/// Which variables a document uses, and where.
pub(super) struct Uses<'d> {
    /// The argument of root fields that is looked for.
    argument: &'static str,
    /// The variables that it is given by.
    pub(super) named: Vec<&'d str>,
    /// Whether it is written out somewhere, other than as null.
    pub(super) literal: bool,
    /// The variables that are used elsewhere.
    pub(super) others: Vec<&'d str>,
    definitions: Vec<&'d VariableDefinition>,
}

impl<'d> Uses<'d> {
    /// Of the chosen operation, and all fragments.
    pub(super) fn of(
        document: &'d ExecutableDocument,
        operation: Option<&str>,
        argument: &'static str,
    ) -> Self {
        let mut uses = Self {
            argument,
            named: Vec::new(),
            literal: false,
            others: Vec::new(),
            definitions: Vec::new(),
        };
        let chosen = |name: Option<&Name>| {
            operation.is_none_or(|wanted| name.is_some_and(|name| name == wanted))
        };
        for (name, each) in document.operations.iter() {
            if chosen(name) {
                let definitions = each.node.variable_definitions.iter();
                uses.definitions.extend(definitions.map(|each| &each.node));
                uses.directives(&each.node.directives);
                uses.selections(&each.node.selection_set.node, true);
            }
        }
        let at_root = fragments_at_root(document, chosen);
        for (name, fragment) in &document.fragments {
            uses.directives(&fragment.node.directives);
            let root = at_root.contains(name.as_str());
            uses.selections(&fragment.node.selection_set.node, root);
        }
        uses
    }

    /// Whether the operation means the same without a value for it where the argument is.
    pub(super) fn may_leave_out(&self, name: &str) -> bool {
        let mut definitions = self.definitions.iter();
        !self.others.contains(&name)
            && !self.has_default(name)
            && definitions
                .any(|each| each.name.node.as_str() == name && each.var_type.node.nullable)
    }

    /// Whether it means something else to leave it out than to give null.
    pub(super) fn has_default(&self, name: &str) -> bool {
        let mut definitions = self.definitions.iter();
        definitions.any(|each| each.name.node.as_str() == name && each.default_value.is_some())
    }

    fn selections(&mut self, set: &'d SelectionSet, root: bool) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, root),
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set.node, root);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &'d Field, root: bool) {
        for (name, value) in &field.arguments {
            match &value.node {
                Value::Variable(variable) if root && name.node == self.argument => {
                    self.named.push(variable);
                }
                value => {
                    self.literal |= root && name.node == self.argument && *value != Value::Null;
                    self.value(value);
                }
            }
        }
        self.selections(&field.selection_set.node, false);
    }

    fn directives(&mut self, directives: &'d [async_graphql::Positioned<Directive>]) {
        for directive in directives {
            for (_, value) in &directive.node.arguments {
                self.value(&value.node);
            }
        }
    }

    fn value(&mut self, value: &'d Value) {
        match value {
            Value::Variable(name) => self.others.push(name),
            Value::List(list) => list.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.value(value)),
            _ => {}
        }
    }
}
