//! The rules of input values that the validator leaves out: an input field only once, variables only
//! where their type may stand (also within lists and input objects), and exactly one field of a
//! `@oneOf` input object.
//!
//! It walks what the validator found valid, each fragment once for an operation, so names and
//! fragments are there, and no fragment spreads itself.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{DirectiveList, Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

/// What is wrong with an input value, and where.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: Option<SourceSpan>,
}

/// What is wrong with the input values of the document.
pub(super) fn faults(schema: &Schema, document: &ExecutableDocument) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations.iter() {
        let mut walk = Walk {
            schema,
            document,
            operation,
            spread: HashSet::new(),
            faults: &mut faults,
        };
        walk.operation();
    }
    faults
}

/// One operation, with its variables.
struct Walk<'a, 'f> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    /// Fragments that have been walked for this operation.
    spread: HashSet<&'a Name>,
    faults: &'f mut Vec<Fault>,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct InputPosition<'a> {
    of_type: &'a Type,
    /// Whether the place has a value of its own if none is given.
    has_default: bool,
}

impl<'a> InputPosition<'a> {
    fn of(definition: &'a InputValueDefinition) -> Self {
        Self {
            of_type: &definition.ty,
            has_default: definition.default_value.is_some(),
        }
    }

    /// The place of an item of the list that stands here.
    fn item(self) -> Self {
        Self {
            of_type: self.of_type.item_type(),
            has_default: false,
        }
    }
}

impl<'a> Walk<'a, '_> {
    fn operation(&mut self) {
        for variable in &self.operation.variables {
            if let Some(default) = &variable.default_value {
                let place = InputPosition {
                    of_type: &variable.ty,
                    has_default: false,
                };
                self.value(Some(place), default);
            }
        }
        self.directives(&self.operation.directives);
        self.set(&self.operation.selection_set);
    }

    // As deep as the brackets of the text with fragments written out, which are limited.
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if self.spread.insert(&spread.fragment_name)
                        && let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                    {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&definition.arguments, &directive.arguments);
            }
        }
    }

    fn arguments(
        &mut self,
        definitions: &'a [Node<InputValueDefinition>],
        arguments: &'a [Node<Argument>],
    ) {
        for argument in arguments {
            let mut definitions = definitions.iter();
            let definition = definitions.find(|definition| definition.name == argument.name);
            let place = definition.map(|definition| InputPosition::of(definition));
            self.value(place, &argument.value);
        }
    }

    /// A value; within a scalar of the schema's own nothing is known of the place.
    fn value(&mut self, place: Option<InputPosition<'a>>, value: &'a Node<Value>) {
        match &**value {
            Value::Variable(name) => self.variable(place, name, value),
            Value::List(items) => {
                let place = place.filter(|place| place.of_type.is_list());
                for item in items {
                    self.value(place.map(InputPosition::item), item);
                }
            }
            Value::Object(fields) => self.object(place, fields, value),
            _ => {}
        }
    }

    fn object(
        &mut self,
        place: Option<InputPosition<'a>>,
        fields: &'a [(Name, Node<Value>)],
        object: &'a Node<Value>,
    ) {
        let of_type = place.and_then(|place| self.input_object(place.of_type));
        let mut names = HashSet::with_capacity(fields.len());
        for (name, value) in fields {
            if !names.insert(name) {
                let message = format!("there can be only one input field named \"{name}\"");
                self.fault(message, name.location().or(value.location()));
            }
            let field = of_type.and_then(|of_type| of_type.fields.get(name));
            self.value(field.map(|field| InputPosition::of(field)), value);
        }
        if let Some(of_type) = of_type
            && of_type.directives.has("oneOf")
        {
            self.one_of(of_type, fields, object);
        }
    }

    /// Exactly one field, which has a value for certain.
    fn one_of(
        &mut self,
        of_type: &InputObjectType,
        fields: &[(Name, Node<Value>)],
        object: &Node<Value>,
    ) {
        let sure = match fields {
            [(_, value)] => match &**value {
                Value::Null => false,
                Value::Variable(name) => self.declared(name).is_none_or(|(ty, _)| ty.is_non_null()),
                _ => true,
            },
            _ => false,
        };
        if !sure {
            let name = &of_type.name;
            let message =
                format!("\"{name}\" takes exactly one field, and a value that is not null for it");
            self.fault(message, object.location());
        }
    }

    /// All variable usages are allowed (GraphQL specification, section 5.8.5).
    fn variable(&mut self, place: Option<InputPosition<'a>>, name: &Name, value: &Node<Value>) {
        let (Some(place), Some((of_type, default))) = (place, self.declared(name)) else {
            return;
        };
        let has_value = place.has_default || default.is_some_and(|default| !default.is_null());
        let wanted = place.of_type;
        let fits = if wanted.is_non_null() && !of_type.is_non_null() {
            has_value && of_type.is_assignable_to(&wanted.clone().nullable())
        } else {
            of_type.is_assignable_to(wanted)
        };
        if !fits {
            let message = format!(
                "variable \"${name}\" of type \"{of_type}\" is used where \"{wanted}\" is needed"
            );
            self.fault(message, value.location());
        }
    }

    /// A variable's type, and its default.
    fn declared(&self, name: &Name) -> Option<(&'a Type, Option<&'a Node<Value>>)> {
        let mut declared = self.operation.variables.iter();
        let found = declared.find(|declared| declared.name == *name)?;
        Some((&*found.ty, found.default_value.as_ref()))
    }

    fn input_object(&self, of_type: &Type) -> Option<&'a InputObjectType> {
        match self.schema.types.get(of_type.inner_named_type()) {
            Some(ExtendedType::InputObject(found)) => Some(found),
            _ => None,
        }
    }

    fn fault(&mut self, message: String, at: Option<SourceSpan>) {
        self.faults.push(Fault { message, at });
    }
}
