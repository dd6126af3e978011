//! Whether an id token is believed (OpenID Connect Core 3.1.3.7 and 12.2): issuer, audience, authorized party, times,
//! nonce or subject, and a signature by a key of the provider in one of the ways allowed here. Never asks anything.

use super::{Answer, Client, Fout};
use crate::settings::Organisatie;
use openidconnect::core::{CoreGenderClaim, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, ClaimsVerificationError, IdTokenClaims, Nonce,
    NonceVerifier, OAuth2TokenResponse, RefreshToken, SignatureVerificationError, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The ways to sign that are believed: each with a key that the provider alone has.
const SIGNED: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// Seconds since a token was made: it comes straight from the provider.
const OLDEST: i64 = 600;
/// More groups than anybody is in; a list that was cut would hide or show too much.
const MOST_GROUPS: usize = 20_000;
const LONGEST_GROUP: usize = 512;
/// The longest `sub` that the standard allows.
const LONGEST_SUB: usize = 255;

/// What the provider tells beside the standard claims.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(BTreeMap<String, Value>);

impl AdditionalClaims for Claims {}

impl Claims {
    /// What stands under this name, or under the names that it has between its dots: `realm_access.roles`.
    fn named(&self, name: &str) -> Option<&Value> {
        if let Some(found) = self.0.get(name) {
            return Some(found);
        }
        let (first, rest) = name.split_once('.')?;
        let outer = self.0.get(first)?;
        rest.split('.')
            .try_fold(outer, |outer, name| outer.get(name))
    }

    /// The groups under this name; `None` when the provider does not tell them here.
    pub fn groups(&self, name: &str) -> Result<Option<BTreeSet<String>>, Fout> {
        let sound = |group: &Value| match group.as_str() {
            Some(group) if (1..=LONGEST_GROUP).contains(&group.len()) => Ok(group.to_owned()),
            _ => Err(Fout::Groepen),
        };
        match self.named(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(groups)) if groups.len() <= MOST_GROUPS => {
                groups.iter().map(sound).collect::<Result<_, _>>().map(Some)
            }
            Some(one @ Value::String(_)) => Ok(Some(BTreeSet::from([sound(one)?]))),
            Some(_) => Err(Fout::Groepen),
        }
    }

    /// Whether it holds from a time to come on.
    fn begins_after(&self, second: i64) -> bool {
        let begins = self.0.get("nbf");
        begins.is_some_and(|begins| begins.as_f64().is_none_or(|begins| begins > second as f64))
    }
}

/// What must tie a token to what came before.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// The nonce of the attempt.
    Attempt(&'a Nonce),
    /// The subject of the session; there may be no token at all then.
    Subject(&'a str),
}

/// Somebody whom the provider vouches for.
pub struct Persoon {
    /// Who it is there, for ever.
    pub sub: String,
    /// Their groups; `None` when the provider does not tell.
    pub groups: Option<BTreeSet<String>>,
    /// As they are called.
    pub naam: Option<String>,
    /// As they log in there.
    pub inlognaam: Option<String>,
    /// With what can be asked whether their session still lasts.
    pub refresh: Option<RefreshToken>,
}

/// Who an answer of the provider tells of.
pub fn persoon(
    client: &Client,
    answer: &Answer,
    key: Key<'_>,
    settings: &Organisatie,
) -> Result<Persoon, Fout> {
    if let (None, Key::Subject(sub)) = (answer.id_token(), key) {
        return Ok(Persoon {
            sub: sub.to_owned(),
            groups: None,
            naam: None,
            inlognaam: None,
            refresh: None,
        });
    }
    let claims = believed(client, answer, key, settings)?;
    let sub = claims.subject().to_string();
    let expected = match key {
        Key::Attempt(_) => (1..=LONGEST_SUB).contains(&sub.len()),
        Key::Subject(known) => sub == known,
    };
    if !expected {
        return Err(Fout::Bewijs);
    }
    let name = claims.name().and_then(|name| name.get(None));
    Ok(Persoon {
        groups: claims.additional_claims().groups(&settings.groepen)?,
        naam: name.map(|name| name.to_string()),
        inlognaam: claims.preferred_username().map(|name| name.to_string()),
        refresh: None,
        sub,
    })
}

/// The claims of an id token that is believed.
fn believed<'a>(
    client: &Client,
    answer: &'a Answer,
    key: Key<'_>,
    settings: &Organisatie,
) -> Result<&'a IdTokenClaims<Claims, CoreGenderClaim>, Fout> {
    let proof = answer.id_token().ok_or(Fout::GeenBewijs)?;
    let skew = Duration::from_secs(settings.marge_seconden.into());
    let margin = i64::from(settings.marge_seconden);
    let now = now();
    let recent = move |made: i64| match made > now + margin || made < now - OLDEST - margin {
        true => Err("not made just now".to_owned()),
        false => Ok(()),
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(SIGNED)
        .set_time_fn(move || (SystemTime::now() - skew).into())
        .set_issue_time_verifier_fn(move |made| recent(made.timestamp()));
    let tied = |given: Option<&Nonce>| match key {
        Key::Attempt(nonce) => nonce.verify(given),
        Key::Subject(_) => Ok(()),
    };
    let claims = proof
        .claims(&verifier, tied)
        .map_err(|error| fault(&error))?;
    let party = claims.authorized_party();
    if party.is_some_and(|party| party.as_str() != settings.client) {
        return Err(Fout::Publiek);
    }
    if claims.additional_claims().begins_after(now + margin) {
        return Err(Fout::Tijd);
    }
    if let Some(expected) = claims.access_token_hash() {
        let signed = proof.signing_alg().map_err(|_| Fout::Algoritme)?;
        let by = proof.signing_key(&verifier).map_err(|_| Fout::Sleutel)?;
        let given = AccessTokenHash::from_token(answer.access_token(), signed, by);
        if given.ok().as_ref() != Some(expected) {
            return Err(Fout::Bewijs);
        }
    }
    Ok(claims)
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn fault(error: &ClaimsVerificationError) -> Fout {
    use SignatureVerificationError as Signature;
    match error {
        ClaimsVerificationError::Expired(_) => Fout::Tijd,
        ClaimsVerificationError::InvalidAudience(_) => Fout::Publiek,
        ClaimsVerificationError::InvalidIssuer(_) => Fout::Uitgever,
        ClaimsVerificationError::InvalidNonce(_) => Fout::Nonce,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            Signature::NoMatchingKey => Fout::Sleutel,
            Signature::NoSignature | Signature::DisallowedAlg(_) | Signature::UnsupportedAlg(_) => {
                Fout::Algoritme
            }
            _ => Fout::Handtekening,
        },
        _ => Fout::Bewijs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn groups_are_read_whole_or_not_at_all() {
        let groups = |value: Value| {
            let claims: Claims = serde_json::from_value(json!({"g": value})).expect("claims");
            claims
                .groups("g")
                .map(|groups| groups.map(|groups| groups.len()))
        };
        assert_eq!(groups(json!(null)), Ok(None));
        assert_eq!(groups(json!([])), Ok(Some(0)));
        assert_eq!(groups(json!("een")), Ok(Some(1)));
        assert_eq!(groups(json!(["een", "twee", "een"])), Ok(Some(2)));
        let many = |count: usize| {
            json!(
                (0..count)
                    .map(|number| number.to_string())
                    .collect::<Vec<_>>()
            )
        };
        assert_eq!(groups(many(MOST_GROUPS)), Ok(Some(MOST_GROUPS)));
        for wrong in [
            json!([1]),
            json!([""]),
            json!({"a": 1}),
            json!(["x".repeat(513)]),
            many(MOST_GROUPS + 1),
        ] {
            assert_eq!(groups(wrong), Err(Fout::Groepen));
        }
        assert_eq!(Claims::default().groups("g"), Ok(None));
        let nested = json!({"realm_access": {"roles": ["a", "b"], "n": 1}, "https://x.nl/groups": ["c"], "g": "h"});
        let claims: Claims = serde_json::from_value(nested).expect("claims");
        let found = |name: &str| {
            claims
                .groups(name)
                .map(|groups| groups.map(|groups| groups.len()))
        };
        assert_eq!(found("realm_access.roles"), Ok(Some(2)));
        assert_eq!(found("https://x.nl/groups"), Ok(Some(1)));
        for none in [
            "realm_access.rollen",
            "realm.roles",
            "realm_access.roles.a",
            "g.h",
            ".",
        ] {
            assert_eq!(found(none), Ok(None), "{none}");
        }
        for wrong in ["realm_access", "realm_access.n"] {
            assert_eq!(found(wrong), Err(Fout::Groepen), "{wrong}");
        }
    }
}
