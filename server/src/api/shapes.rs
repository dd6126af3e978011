//! Whether the body of a request has the shape that `openapi.json` gives it. Owns that one check and its Dutch words,
//! so that what the description says and what the program takes cannot drift apart. Never knows a rule of the domain:
//! a body of the right shape that cannot be done is a 422 of who does it.

use super::openapi;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The shape of the body of each address that takes one.
static SHAPES: LazyLock<HashMap<String, Validator>> =
    LazyLock::new(|| shapes(&openapi::whole(&super::described().1)));

/// What the description is called where one shape names another.
const HERE: &str = "urn:zoekenvind:api";

/// Every address with its shape. One that could not be read as a shape is left out; a test sees to it that none is.
fn shapes(description: &Value) -> HashMap<String, Validator> {
    let whole = Registry::new().add(HERE, description);
    let Ok(whole) = whole.and_then(|whole| whole.prepare()) else {
        return HashMap::new();
    };
    let paths = description["paths"].as_object().into_iter().flatten();
    let shape = |operations: &Value| {
        let content = &operations["post"]["requestBody"]["content"];
        let name = content["application/json"]["schema"]["$ref"].as_str()?;
        let shape = json!({"$ref": format!("{HERE}{name}")});
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        options.with_registry(&whole).build(&shape).ok()
    };
    paths
        .filter_map(|(path, operations)| Some((format!("/v1{path}"), shape(operations)?)))
        .collect()
}

/// # Errors
/// What is wrong with the body, in Dutch, when it has another shape than the description of this address says.
pub fn check(address: &str, body: &Value) -> Result<(), String> {
    let Some(shape) = SHAPES.get(address) else {
        return Ok(());
    };
    shape.validate(body).map_err(|error| {
        let error = of_the_choice(&error);
        let place = error.instance_path().to_string();
        let place = place.trim_start_matches('/');
        let what = in_dutch(error.kind());
        if place.is_empty() {
            what
        } else {
            format!("bij '{place}': {what}")
        }
    })
}

/// Of a choice between shapes: what is wrong with the one that was meant, if that is clear.
fn of_the_choice<'e>(error: &'e ValidationError<'e>) -> &'e ValidationError<'e> {
    let (Kind::OneOfNotValid { context } | Kind::AnyOf { context }) = error.kind() else {
        return error;
    };
    let meant = |errors: &&Vec<ValidationError<'static>>| {
        !errors.iter().any(|one| match one.kind() {
            // The name of the choice is another one.
            Kind::Enum { .. } | Kind::Constant { .. } => true,
            Kind::Type { .. } => one.instance_path() == error.instance_path(),
            _ => false,
        })
    };
    let first = context.iter().find(meant).and_then(|errors| errors.first());
    first.map_or(error, of_the_choice)
}

/// What is wrong. Never repeats what was sent: it may be a password, or megabytes.
fn in_dutch(kind: &Kind) -> String {
    match kind {
        Kind::Required { property } => format!("het veld {property} ontbreekt"),
        Kind::AdditionalProperties { .. } => "er is een veld te veel".to_owned(),
        Kind::MinLength { limit: 1 } => "vul dit in".to_owned(),
        Kind::MinLength { limit } => format!("de tekst is korter dan {limit} tekens"),
        Kind::MaxLength { limit } => format!("de tekst is langer dan {limit} tekens"),
        Kind::MinItems { limit } => format!("de lijst is korter dan {limit}"),
        Kind::MaxItems { limit } => format!("de lijst is langer dan {limit}"),
        Kind::UniqueItems => "iets staat er twee keer in".to_owned(),
        Kind::Minimum { limit } => format!("het getal is kleiner dan {limit}"),
        Kind::Maximum { limit } => format!("het getal is groter dan {limit}"),
        Kind::Enum { .. } => "dit is geen van de keuzes".to_owned(),
        Kind::Type { .. } => "dit is een ander soort waarde".to_owned(),
        _ => "dit heeft een andere vorm".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_that_is_described_is_checked() {
        let description = openapi::whole(&crate::api::described().1);
        let paths = description["paths"].as_object().expect("paths");
        let with_body = paths.iter().filter(|(_, operations)| {
            !operations["post"]["requestBody"]["content"]["application/json"].is_null()
        });
        let addresses: Vec<_> = with_body.map(|(path, _)| format!("/v1{path}")).collect();
        assert!(addresses.len() > 50, "{addresses:?}");
        for address in addresses {
            assert!(SHAPES.contains_key(&address), "{address}");
            let not_an_object = check(&address, &json!([]));
            assert!(not_an_object.is_err(), "{address}");
        }
        // No other method takes a body: nothing is left unchecked.
        let others = paths
            .values()
            .flat_map(|path| path.as_object().into_iter().flatten());
        for (method, operation) in others.filter(|(method, _)| *method != "post") {
            assert!(operation["requestBody"].is_null(), "{method}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_what_was_sent() {
        let of = |body: Value| check("/v1/accounts", &body).expect_err("wrong");
        let account = |naam: &str, wachtwoord: &str, rollen: Value| json!({"inlognaam": "a", "naam": naam, "wachtwoord": wachtwoord, "rollen": rollen});
        assert_eq!(
            of(account("", "welkom in de kelder", json!([]))),
            "bij 'naam': vul dit in"
        );
        assert_eq!(
            of(account("A", "geheim", json!([]))),
            "bij 'wachtwoord': de tekst is korter dan 12 tekens"
        );
        assert_eq!(
            of(account(
                "A",
                "welkom in de kelder",
                json!(["auditor", "auditor"])
            )),
            "bij 'rollen': iets staat er twee keer in"
        );
        assert_eq!(
            of(account("A", "welkom in de kelder", json!(["directeur"]))),
            "bij 'rollen/0': dit is geen van de keuzes"
        );
        assert_eq!(of(json!({})), "het veld \"inlognaam\" ontbreekt");
        // A list is no object with its fields in order.
        let list = check("/v1/auditregels/_zoek", &json!({"filter": [null, null]}));
        assert_eq!(
            list,
            Err("bij 'filter': dit is een ander soort waarde".to_owned())
        );
        // Of a choice it says what is wrong with the one that was meant.
        let address = "/v1/zaken/{zaak}/woordenlijsten";
        let of = |inhoud: Value| {
            let body = json!({"naam": "a", "reden": "b", "inhoud": inhoud});
            check(address, &body).expect_err("wrong")
        };
        assert_eq!(
            of(json!({"soort": "tekst", "vorm": "csv", "tekst": ""})),
            "bij 'inhoud/tekst': vul dit in"
        );
        assert_eq!(
            of(json!({"soort": "film"})),
            "bij 'inhoud': dit heeft een andere vorm"
        );
    }
}
