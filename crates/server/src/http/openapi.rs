//! The description of the API: served, printed by `datafyme openapi`, and committed; the web client is made from it.

use super::{Problem, api};
use axum::Json;
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, PathItem},
    schema::{ArrayItems, ComponentsBuilder, Schema},
};
use utoipa::{PartialSchema, ToSchema};

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = api::routes().into_openapi();
    name_list_items(&mut document);
    let problem = problem_response();
    for item in document.paths.paths.values_mut() {
        for operation in operations_of(item) {
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(problem.clone()));
        }
    }
    document
}

/// The description of the API (OpenAPI 3.1).
#[utoipa::path(get, path = "/openapi.json", tag = "health", responses((status = 200, body = Object)))]
pub(crate) async fn get_openapi() -> Json<OpenApi> {
    Json(document())
}

/// What stands around the routes.
pub(super) fn frame() -> OpenApi {
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    let mut components = ComponentsBuilder::new();
    for (name, schema) in schemas {
        components = components.schema(name, schema);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Datafyme")
                .description(Some(
                    "Questions to your databases. Lists are `{items, next_cursor}`; errors are problems (RFC 9457).",
                ))
                .version("1")
                .license(Some(LicenseBuilder::new().name("MIT").build())),
        )
        .components(Some(components.build()))
        .build()
}

/// Generic lists come out with their items written in place; the named schema reads better and makes one type.
fn name_list_items(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else {
        return;
    };
    let names: Vec<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let Some(item) = name.strip_prefix("List_").filter(|item| names.iter().any(|n| n == item)) else {
            continue;
        };
        if let RefOr::T(Schema::Object(list)) = schema
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
        }
    }
}

fn problem_response() -> Response {
    ResponseBuilder::new()
        .description("What went wrong")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem")))).build(),
        )
        .build()
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}
