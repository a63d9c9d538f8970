//! The words for how a lead stands, in answers and in the OpenAPI document.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

use crate::models::LeadState;

/// A state, written as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateWord(pub LeadState);

impl Serialize for StateWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl PartialSchema for StateWord {
    fn schema() -> RefOr<Schema> {
        let words = LeadState::ALL.map(LeadState::as_str);
        let schema: schema::Object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(words))
            .description(Some("How a lead stands."))
            .build();
        schema.into()
    }
}

impl ToSchema for StateWord {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LeadState")
    }
}
