//! Every place of the schema that takes a string: the arguments of root fields and of the fields below them,
//! and what their input objects hold, each with a document that has everything else that it needs.

use serde_json::{Map, Value, json};

use crate::floor::Floor;

/// The scalars that come as text.
const TEXTS: [&str; 4] = ["String", "ID", "LogCursor", "DateTime"];
const DEPTH: usize = 6;

/// One place.
pub struct Place {
    /// Its path, to be read.
    pub name: String,
    /// The document, which takes all its arguments by variables.
    pub document: String,
    arguments: Vec<(String, Shape)>,
    path: Vec<String>,
}

/// What a type takes.
#[derive(Clone)]
enum Shape {
    Text,
    Fixed(Value),
    List(Box<Shape>),
    Object(Vec<(String, bool, Shape)>, bool),
}

/// The schema, as it describes itself.
pub struct Schema(Value);

impl Schema {
    /// As this server tells it.
    pub async fn of(floor: &Floor) -> Self {
        let query = "{ __schema {
            queryType { name } mutationType { name } subscriptionType { name }
            types { kind name isOneOf enumValues { name }
                fields { name args { ...V } type { ...T } } inputFields { ...V } }
        } }
        fragment V on __InputValue { name defaultValue type { ...T } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let data = floor.server.data(&floor.sam, query, json!({})).await;
        Self(data["__schema"].clone())
    }

    fn named(&self, name: &str) -> &Value {
        let types = self.0["types"].as_array().unwrap();
        types.iter().find(|one| one["name"] == name).unwrap()
    }

    /// Every place that takes a string.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (root, operation) in [
            ("queryType", "query"),
            ("mutationType", "mutation"),
            ("subscriptionType", "subscription"),
        ] {
            let root = self.named(self.0[root]["name"].as_str().unwrap());
            for field in root["fields"].as_array().unwrap() {
                let selection = self.selection(&field["type"]);
                places.extend(self.of_field(operation, field, &selection, &[]));
            }
        }
        // Below the roots only fields of these types take strings; a new type needs its way here.
        for one in self.0["types"].as_array().unwrap() {
            let fields = one["fields"].as_array();
            let is_root =
                ["Query", "Mutation", "Subscription"].contains(&one["name"].as_str().unwrap());
            let of_schema = one["name"].as_str().unwrap().starts_with("__");
            for field in fields
                .filter(|_| !is_root && !of_schema)
                .into_iter()
                .flatten()
            {
                let selection = self.selection(&field["type"]);
                let way: &[&str] = match one["name"].as_str().unwrap() {
                    "Conversation" => &["conversation(id: $id)"],
                    "Agent" => &["agents(first: 1)", "nodes"],
                    _ => &[],
                };
                let found = self.of_field("query", field, &selection, way);
                let known = found.is_empty() || !way.is_empty();
                assert!(known, "{}.{} takes a string", one["name"], field["name"]);
                places.extend(found);
            }
        }
        places
    }

    fn of_field(
        &self,
        operation: &str,
        field: &Value,
        selection: &str,
        way: &[&str],
    ) -> Vec<Place> {
        let name = field["name"].as_str().unwrap();
        let (mut declared, mut passed, mut arguments) = (Vec::new(), Vec::new(), Vec::new());
        let by_id = way.iter().any(|step| step.contains("$id"));
        if by_id {
            declared.push("$id: ID!".to_owned());
            arguments.push(("id".to_owned(), Shape::Text));
        }
        for argument in field["args"].as_array().unwrap() {
            let name = argument["name"].as_str().unwrap();
            declared.push(format!("${name}: {}", written(&argument["type"])));
            passed.push(format!("{name}: ${name}"));
            arguments.push((name.to_owned(), self.shape(&argument["type"], DEPTH)));
        }
        let mut paths = Vec::new();
        let of_it = usize::from(by_id);
        for (argument, shape) in &arguments[of_it..] {
            shape.texts(&mut vec![argument.clone()], &mut paths);
        }
        if paths.is_empty() {
            return Vec::new();
        }
        let asked = if passed.is_empty() {
            String::new()
        } else {
            format!("({})", passed.join(", "))
        };
        let asked = format!("{name}{asked}{selection}");
        let body = way
            .iter()
            .rfold(asked, |inner, step| format!("{step} {{ {inner} }}"));
        let document = format!("{operation}({}) {{ {body} }}", declared.join(", "));
        let place = |path: Vec<String>| Place {
            name: format!("{operation} {name} {}", path.join(".")),
            document: document.clone(),
            arguments: arguments.clone(),
            path,
        };
        paths.into_iter().map(place).collect()
    }

    /// Something to select of a type: its name, and what a mutation was refused with.
    fn selection(&self, of: &Value) -> String {
        let name = innermost(of);
        let of = self.named(name);
        match of["kind"].as_str().unwrap() {
            "SCALAR" | "ENUM" => String::new(),
            _ => {
                let fields = of["fields"].as_array();
                let errors = fields.into_iter().flatten().any(|f| f["name"] == "errors");
                let errors = if errors { " errors { code }" } else { "" };
                format!(" {{ __typename{errors} }}")
            }
        }
    }

    fn shape(&self, of: &Value, depth: usize) -> Shape {
        match of["kind"].as_str().unwrap() {
            "NON_NULL" => return self.shape(&of["ofType"], depth),
            "LIST" => return Shape::List(Box::new(self.shape(&of["ofType"], depth))),
            _ => {}
        }
        let name = of["name"].as_str().unwrap();
        let of = self.named(name);
        match of["kind"].as_str().unwrap() {
            "SCALAR" if TEXTS.contains(&name) => Shape::Text,
            "SCALAR" => match name {
                "Int" | "Float" => Shape::Fixed(json!(1)),
                "Boolean" => Shape::Fixed(json!(true)),
                other => panic!("{other} is new: say here whether it comes as text"),
            },
            "ENUM" => Shape::Fixed(of["enumValues"][0]["name"].clone()),
            _ => {
                assert!(depth > 0, "{name} holds itself");
                let fields = of["inputFields"].as_array().unwrap().iter().map(|field| {
                    let must =
                        field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
                    let name = field["name"].as_str().unwrap().to_owned();
                    (name, must, self.shape(&field["type"], depth - 1))
                });
                Shape::Object(fields.collect(), of["isOneOf"] == true)
            }
        }
    }
}

fn innermost(of: &Value) -> &str {
    let mut of = of;
    while of["name"].is_null() {
        of = &of["ofType"];
    }
    of["name"].as_str().unwrap()
}

fn written(of: &Value) -> String {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => of["name"].as_str().unwrap().to_owned(),
    }
}

impl Shape {
    /// The paths of all texts in it.
    fn texts(&self, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
        match self {
            Self::Text => found.push(path.clone()),
            Self::Fixed(_) => {}
            Self::List(of) => of.texts(path, found),
            Self::Object(fields, _) => {
                for (name, _, shape) in fields {
                    path.push(name.clone());
                    shape.texts(path, found);
                    path.pop();
                }
            }
        }
    }

    /// A value with this text at the path, and what else must be there.
    fn value(
        &self,
        name: &str,
        given: &dyn Fn(&str) -> Option<String>,
        path: &[String],
        odd: Option<&str>,
    ) -> Value {
        match self {
            Self::Text => {
                let usual = || given(name).unwrap_or_else(|| usual(name).to_owned());
                json!(odd.map_or_else(usual, str::to_owned))
            }
            Self::Fixed(value) => value.clone(),
            Self::List(of) => json!([of.value(name, given, path, odd)]),
            Self::Object(fields, one_of) => {
                let mut object = Map::new();
                for (index, (field, must, shape)) in fields.iter().enumerate() {
                    let on_path = path.first() == Some(field);
                    let needed = *must || (*one_of && path.is_empty() && index == 0);
                    if on_path {
                        let value = shape.value(field, given, &path[1..], odd);
                        object.insert(field.clone(), value);
                    } else if needed {
                        object.insert(field.clone(), shape.value(field, given, &[], None));
                    }
                }
                Value::Object(object)
            }
        }
    }
}

/// What stands in a place that is not the one that is tried.
fn usual(name: &str) -> &str {
    if name.ends_with("At") || name == "from" || name == "to" {
        "2026-01-01T00:00:00Z"
    } else {
        "usual"
    }
}

impl Place {
    /// The variables with this string at the place.
    pub fn variables(&self, given: &dyn Fn(&str) -> Option<String>, odd: &str) -> Value {
        let mut variables = Map::new();
        for (argument, shape) in &self.arguments {
            let here = self.path.first() == Some(argument);
            // What nobody needs is left out where it is not tried.
            let value = if here {
                shape.value(argument, given, &self.path[1..], Some(odd))
            } else if self.document.contains(&format!("${argument}: ")) && self.is_needed(argument)
            {
                shape.value(argument, given, &[], None)
            } else {
                continue;
            };
            variables.insert(argument.clone(), value);
        }
        Value::Object(variables)
    }

    fn is_needed(&self, argument: &str) -> bool {
        let declared = self.document.split_once(&format!("${argument}: "));
        let rest = declared.map_or("", |(_, rest)| rest);
        let until = rest.find([',', ')']).unwrap_or(rest.len());
        rest[..until].ends_with('!')
    }
}
