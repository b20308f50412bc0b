//! What can be said of variables without the schema.

use std::io::{self, Write};

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Name, Value, Variables};

use super::GateRefusal;

/// The bytes of the variables as JSON.
pub(super) fn bytes(variables: &Variables) -> u64 {
    struct Count(u64);
    impl Write for Count {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            self.0 += part.len() as u64;
            Ok(part.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    if variables.is_empty() {
        return 0;
    }
    let mut count = Count(0);
    // Counting cannot fail; if a value cannot be written it is refused as too large.
    match serde_json::to_writer(&mut count, variables) {
        Ok(()) => count.0,
        Err(_) => u64::MAX,
    }
}

/// A variable's value, or its default.
pub(super) fn value_of<'a>(
    name: &Name,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
) -> Option<&'a Value> {
    variables.get(name).or_else(|| {
        let definitions = operation.variable_definitions.iter();
        definitions
            .filter(|definition| definition.node.name.node == *name)
            .find_map(|definition| definition.node.default_value.as_ref())
            .map(|default| &default.node)
    })
}

/// The size of a page that this value asks for, as a number or as a list of ids.
pub(super) fn size(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::List(ids) => Some(ids.len() as u64),
        _ => None,
    }
}

/// Refuses a required variable that is missing or null, before anything runs: the execution
/// library would report it as an error of the field that uses it, if one does.
pub(super) fn check_required(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), GateRefusal> {
    for definition in &operation.variable_definitions {
        let (name, of_type) = (&definition.node.name.node, &definition.node.var_type.node);
        if of_type.nullable {
            continue;
        }
        let problem = match variables.get(name) {
            None if definition.node.default_value.is_none() => "was not provided",
            Some(Value::Null) => "must not be null",
            _ => continue,
        };
        return Err(GateRefusal::invalid(
            format!("Variable \"${name}\" of required type \"{of_type}\" {problem}."),
            Some(definition.pos),
        ));
    }
    Ok(())
}
