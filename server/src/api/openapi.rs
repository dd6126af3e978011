//! The description of the API, `openapi.json`. Owns what holds for every operation: version header, errors.

use crate::http::API_VERSION;
use crate::problem::{Kind, Problem, ProblemBody};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{
    Contact, Content, HeaderBuilder, Info, License, ObjectBuilder, OpenApi, OpenApiBuilder, Paths,
    Ref, RefOr, Response, ResponseBuilder, Server, Type,
};
use utoipa::{PartialSchema, ToSchema};

/// Where the people behind the program are found.
const HOME: &str = "https://github.com/zoek-en-vind/zoek-en-vind";

/// The description without operations.
pub fn base() -> OpenApi {
    let mut info = Info::new("Zoek & Vind", API_VERSION);
    info.description = Some(
        "Zoeken in de archieven van een organisatie. Een zoekvraag gaat met POST naar `/zoekopdrachten` en komt \
         nooit in een adres; het antwoord verwijst naar een bewaarde zoekopdracht."
            .to_owned(),
    );
    info.license = Some(License::new("EUPL-1.2"));
    let mut contact = Contact::new();
    contact.name = Some("Zoek & Vind".to_owned());
    contact.url = Some(HOME.to_owned());
    contact.email = Some("zoekenvind@example.org".to_owned());
    info.contact = Some(contact);
    OpenApiBuilder::new()
        .info(info)
        .paths(Paths::new())
        .servers(Some([Server::new("/v1")]))
        .build()
}

/// Adds what every operation has in common.
pub fn complete(mut description: OpenApi) -> OpenApi {
    for item in description.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            complete_operation(operation);
        }
    }
    let components = description.components.get_or_insert_default();
    components
        .schemas
        .insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    description
}

fn complete_operation(operation: &mut Operation) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let in_path = parameters
        .iter()
        .any(|parameter| matches!(parameter, RefOr::T(p) if p.parameter_in == ParameterIn::Path));
    let mut kinds = vec![
        Kind::VerzoekOnjuist,
        Kind::NietIngelogd,
        Kind::GeenMachtiging,
        Kind::AndereHost,
        Kind::TeLangzaam,
        Kind::TeVaak,
        Kind::Storing,
        // What is asked for is recorded first.
        Kind::SchijfVol,
        Kind::SchijfDicht,
    ];
    // A body may name a case that is not there.
    if in_path || operation.request_body.is_some() {
        kinds.push(Kind::NietGevonden);
    }
    if operation.request_body.is_some() {
        kinds.extend([Kind::AndereHerkomst, Kind::TeGroot, Kind::MagNiet]);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response
                .headers
                .insert("API-Version".to_owned(), RefOr::T(version_header()));
        }
    }
    for kind in kinds {
        add_problem(operation, kind);
    }
}

/// Adds a problem to an operation, unless the operation describes that status itself.
fn add_problem(operation: &mut Operation, kind: Kind) {
    let problem = Problem::new(kind, "");
    let status = problem.status().as_u16().to_string();
    operation
        .responses
        .responses
        .entry(status)
        .or_insert_with(|| RefOr::T(problem_response(problem.title())));
}

fn problem_response(description: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemBody::name());
    ResponseBuilder::new()
        .description(description)
        .header("API-Version", version_header())
        .content("application/problem+json", Content::new(Some(schema)))
        .build()
}

fn version_header() -> utoipa::openapi::Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .examples([API_VERSION]);
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some("Versie van de API."))
        .build()
}

/// The description as JSON, with what our shapes cannot say by themselves.
pub fn whole(description: &OpenApi) -> serde_json::Value {
    // Its keys are all strings: there is nothing that could fail.
    let mut whole = serde_json::to_value(description).unwrap_or_default();
    bound_integers(&mut whole);
    name_documents(&mut whole);
    close_variants(&mut whole);
    join_names(&mut whole);
    whole
}

/// The description as text, the way it is committed.
pub fn text(description: &OpenApi) -> String {
    format!("{:#}\n", whole(description))
}

/// A choice between objects takes the fields of the one chosen and no others.
fn close_variants(schema: &mut serde_json::Value) {
    use serde_json::Value;
    if let Some(Value::Array(variants)) = schema.get_mut("oneOf") {
        for variant in variants.iter_mut().filter_map(Value::as_object_mut) {
            if variant.contains_key("properties") {
                variant
                    .entry("additionalProperties")
                    .or_insert(false.into());
            }
        }
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(close_variants),
        Value::Array(values) => values.iter_mut().for_each(close_variants),
        _ => {}
    }
}

/// Where the description keeps its shapes.
const SCHEMAS: &str = "#/components/schemas/";

/// The name of a shape has no underscore (NL API Design Rules: UpperCamelCase): `Versie_Zoekplan`, as a generic shape
/// is called by itself, becomes `VersieZoekplan`, where it stands and wherever it is named.
fn join_names(description: &mut serde_json::Value) {
    use serde_json::Value;
    fn join_references(value: &mut Value) {
        match value {
            Value::String(text) if text.starts_with(SCHEMAS) => *text = text.replace('_', ""),
            Value::Object(fields) => fields.values_mut().for_each(join_references),
            Value::Array(values) => values.iter_mut().for_each(join_references),
            _ => {}
        }
    }
    join_references(description);
    if let Some(Value::Object(schemas)) = description.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(name, schema)| (name.replace('_', ""), schema))
            .collect();
    }
}

/// The names of fields that hold ids of documents.
const DOCUMENTS: [&str; 3] = ["document", "dubbel_van", "documenten"];

/// The id of a document has one shape, wherever it stands.
fn name_documents(schema: &mut serde_json::Value) {
    use serde_json::Value;
    let is_text = |schema: &Value| {
        let kind = schema.get("type");
        kind.is_some_and(|kind| match kind {
            Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
            kind => kind == "string",
        })
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (_, field) in properties
            .iter_mut()
            .filter(|(name, _)| DOCUMENTS.contains(&name.as_str()))
        {
            let text = match field.get_mut("items") {
                Some(items) => items,
                None => field,
            };
            if is_text(text)
                && let Value::Object(text) = text
            {
                text.entry("pattern").or_insert("^[0-9a-f]{32}$".into());
            }
        }
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(name_documents),
        Value::Array(values) => values.iter_mut().for_each(name_documents),
        _ => {}
    }
}

/// A number of 32 or 64 bits has an upper bound, whether its type says so or not.
fn bound_integers(schema: &mut serde_json::Value) {
    let bound = match schema.get("format").and_then(|format| format.as_str()) {
        Some("int32") => Some(u64::from(u32::MAX)),
        Some("int64") => Some(i64::MAX.unsigned_abs()),
        _ => None,
    };
    match schema {
        serde_json::Value::Object(fields) => {
            if let Some(bound) = bound {
                fields.entry("maximum").or_insert(bound.into());
                // Ours have no sign: 32 bits of them do not fit in an `int32`.
                fields.insert("format".to_owned(), "int64".into());
            }
            fields.values_mut().for_each(bound_integers);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(bound_integers),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ZV_OPENAPI=schrijf cargo test -p zv-server openapi` writes the file anew.
    #[test]
    fn the_committed_description_is_that_of_the_routes() {
        let made = text(&crate::api::described().1);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        if std::env::var("ZV_OPENAPI").is_ok_and(|wish| wish == "schrijf") {
            std::fs::write(path, &made).expect("write openapi.json");
        }
        let committed = std::fs::read_to_string(path).expect("openapi.json");
        assert!(
            made == committed,
            "openapi.json is out of date: run with ZV_OPENAPI=schrijf"
        );
    }

    #[test]
    fn every_operation_tells_its_errors_and_the_version() {
        let description = crate::api::described().1;
        assert!(description.paths.paths.len() >= 12);
        for (path, item) in &description.paths.paths {
            for operation in [&item.get, &item.post].into_iter().flatten() {
                let responses = &operation.responses.responses;
                assert!(
                    responses.contains_key("400") && responses.contains_key("500"),
                    "{path}"
                );
                assert!(operation.summary.is_some(), "{path} has no summary");
                for response in responses.values() {
                    assert!(
                        matches!(response, RefOr::T(r) if r.headers.contains_key("API-Version")),
                        "{path}"
                    );
                }
            }
        }
    }

    /// Every type that is described, with the name of its shape.
    fn shapes(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                shapes(&path, found);
            }
            if path.extension().is_none_or(|kind| kind != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("source");
            // From the derive to the name of the type.
            for part in text.split("#[derive(").skip(1) {
                let (derives, rest) = part.split_once(')').expect("a derive has an end");
                if !derives.contains("ToSchema") {
                    continue;
                }
                let head = rest.split(['{', ';']).next().unwrap_or_default();
                let own = head.split_once("#[schema(as = ").map(|(_, name)| name);
                let type_name = || {
                    let mut words = head.split_whitespace();
                    words.find(|word| ["struct", "enum"].contains(word))?;
                    words.next()
                };
                let name = own.or_else(type_name).expect("a type has a name");
                let name = name.split([')', '<', '(', ',']).next().unwrap_or_default();
                found.push((name.to_owned(), path.display().to_string()));
            }
        }
    }

    #[test]
    fn no_two_shapes_have_one_name() {
        let mut found = Vec::new();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        shapes(std::path::Path::new(source), &mut found);
        assert!(found.len() > 100, "{}", found.len());
        found.sort();
        let same = found.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        // The description keeps one of the two, and says nothing.
        assert_eq!(same.collect::<Vec<_>>(), Vec::<&[_]>::new());
    }
}
