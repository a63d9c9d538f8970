//! The operations of the OpenAPI document, and the requests that it describes.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rust_c2s_api::handlers;
use serde_json::{Map, Value};

/// One operation: what the document says of it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) id: String,
    /// `None` where no key is needed.
    pub(crate) scope: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) takes_body: bool,
    body_example: Option<Value>,
    pub(crate) responses: Map<String, Value>,
}

/// One parameter of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) in_path: bool,
    example: Option<Value>,
}

/// A request, whose parts can be replaced before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) content_type: &'static str,
}

/// All operations of the document.
pub(crate) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(handlers::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(|(method, said)| Operation::read(&document, method, path, said))
    });
    operations.collect()
}

impl Operation {
    fn read(document: &Value, method: &str, path: &str, said: &Value) -> Self {
        let parameters = said["parameters"].as_array().into_iter().flatten();
        let body = &said["requestBody"];
        let content = &body["content"]["application/json"];
        let scope = said["security"][0]["bearer"][0].as_str();
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            id: said["operationId"].as_str().unwrap().to_owned(),
            scope: scope.map(str::to_owned),
            parameters: parameters.map(Parameter::read).collect(),
            takes_body: body.is_object(),
            body_example: content
                .get("example")
                .cloned()
                .or_else(|| example_of_schema(document, &content["schema"])),
            responses: said["responses"].as_object().unwrap().clone(),
        }
    }

    /// Method and path.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The request that the document prints: each parameter that has an example, and the body's.
    pub(crate) fn example(&self) -> Request {
        let mut request = Request {
            method: self.method.clone(),
            path: self.path.clone(),
            query: Vec::new(),
            body: self
                .body_example
                .as_ref()
                .map(|body| body.to_string().into_bytes()),
            content_type: "application/json",
        };
        for parameter in &self.parameters {
            if let Some(example) = &parameter.example {
                let text = example.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| example.to_string());
                request.set(parameter, &encoded(&text));
            }
        }
        request
    }
}

/// The example of a schema, by that of the schema it refers to.
fn example_of_schema(document: &Value, schema: &Value) -> Option<Value> {
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    for schema in one_of.chain([schema]) {
        let name = schema["$ref"].as_str().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        let example = &document["components"]["schemas"][name]["example"];
        if !example.is_null() {
            return Some(example.clone());
        }
    }
    None
}

impl Parameter {
    fn read(said: &Value) -> Self {
        let example = said.get("example");
        let example = example.or_else(|| said["schema"].get("example"));
        Self {
            name: said["name"].as_str().unwrap().to_owned(),
            in_path: said["in"] == "path",
            example: example.cloned(),
        }
    }
}

impl Request {
    /// Gives a parameter this value, which is encoded already.
    pub(crate) fn set(&mut self, parameter: &Parameter, value: &str) {
        if parameter.in_path {
            let start = self.path.find(&format!("{{{}}}", parameter.name));
            // Set before: the example of the document stands there.
            let Some(start) = start else { return };
            let end = start + parameter.name.len() + 2;
            self.path.replace_range(start..end, value);
        } else {
            self.query.retain(|(name, _)| *name != parameter.name);
            self.query.push((parameter.name.clone(), value.to_owned()));
        }
    }

    /// Puts another text in the place of one, wherever it stands.
    pub(crate) fn replace(&mut self, text: &str, other: &str) {
        self.path = self.path.replace(text, other);
        for (_, value) in &mut self.query {
            *value = value.replace(text, other);
        }
        let body = self.body.take();
        self.body = body.map(|body| {
            let body = String::from_utf8_lossy(&body);
            body.replace(text, other).into_bytes()
        });
    }

    /// Whether this stands in its address or its body.
    pub(crate) fn names(&self, text: &str) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        self.uri().contains(text) || String::from_utf8_lossy(body).contains(text)
    }

    /// Where it is sent.
    pub(crate) fn uri(&self) -> String {
        let query = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let query = query.collect::<Vec<_>>().join("&");
        if query.is_empty() {
            return self.path.clone();
        }
        format!("{}?{query}", self.path)
    }
}

/// A value as it stands in an address.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The request of an operation with one parameter replaced, and the others as the document prints them.
pub(crate) fn with(operation: &Operation, parameter: &Parameter, value: &str) -> Request {
    let mut changed = operation.clone();
    for known in &mut changed.parameters {
        if known.name == parameter.name {
            known.example = None;
        }
    }
    let mut request = changed.example();
    request.set(parameter, value);
    request
}
