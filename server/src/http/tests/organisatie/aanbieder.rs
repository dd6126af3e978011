//! An OpenID provider inside the test, which tells the truth or, when asked, anything else. It signs with the types of
//! `openidconnect`. Owns no judgement.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm,
};
use openidconnect::{JsonWebKey, JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub const CLIENT: &str = "zoekenvind";
pub const SECRET: &str = "een geheim dat lang genoeg is voor iedereen";

/// A private key (PEM) of Ed25519, made of one number.
pub fn pem(seed: u8) -> String {
    // PKCS#8: version, algorithm, and the 32 bytes of the key.
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    der.extend([seed; 32]);
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

fn key(seed: u8, name: &str) -> CoreEdDsaPrivateSigningKey {
    let name = Some(JsonWebKeyId::new(name.to_owned()));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem(seed), name).expect("key")
}

/// Which way a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handtekening {
    Echt,
    Geen,
    Geheim,
}

/// What the provider does; a test changes it.
pub struct Gedrag {
    pub sub: String,
    /// Claims beside the usual ones, and instead of them.
    pub claims: Value,
    /// Keys that are published: number and name.
    pub published: Vec<(u8, &'static str)>,
    /// The key that signs.
    pub signs: (u8, &'static str),
    pub how: Handtekening,
    /// Whether there is an id token at all.
    pub proof: bool,
    /// What another address tells of the same person.
    pub userinfo: Option<Value>,
    /// Whether a refresh token is given, and taken.
    pub refreshes: bool,
    /// Nothing is answered as it should be.
    pub silent: bool,
    /// Our own key, when we must sign.
    pub client_key: Option<u8>,
    codes: HashMap<String, (String, String, String)>,
    /// How often tokens were asked for.
    pub asked: u32,
}

/// The provider.
#[derive(Clone)]
pub struct Aanbieder {
    pub issuer: String,
    state: Arc<Mutex<Gedrag>>,
}

impl Aanbieder {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("free");
        let issuer = format!("http://{}", listener.local_addr().expect("address"));
        let state = Gedrag {
            sub: "els-1".into(),
            claims: json!({"groups": ["woo"], "name": "Els de Vries", "preferred_username": "els"}),
            published: vec![(1, "een")],
            signs: (1, "een"),
            how: Handtekening::Echt,
            proof: true,
            userinfo: None,
            refreshes: true,
            silent: false,
            client_key: None,
            codes: HashMap::new(),
            asked: 0,
        };
        let provider = Aanbieder {
            issuer,
            state: Arc::new(Mutex::new(state)),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub fn does(&self) -> MutexGuard<'_, Gedrag> {
        self.state.lock().expect("behaviour")
    }

    /// Somebody logs in at the provider: the code for who came with these parameters.
    pub fn code(&self, asked: &HashMap<String, String>) -> String {
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["nonce"].len() >= 22 && asked["state"].len() >= 22);
        let mut does = self.does();
        let code = format!("code-{}", does.codes.len());
        let known = (
            asked["nonce"].clone(),
            asked["code_challenge"].clone(),
            asked["redirect_uri"].clone(),
        );
        does.codes.insert(code.clone(), known);
        code
    }

    fn id_token(&self, does: &Gedrag, nonce: Option<&str>) -> String {
        let now = jiff::Timestamp::now().as_second();
        let mut claims = json!({"iss": self.issuer, "aud": CLIENT, "sub": does.sub, "iat": now, "exp": now + 300});
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        for (name, value) in does.claims.as_object().expect("claims") {
            // A number of seconds from now, for what is a time.
            claims[name] = match (name.as_str(), value.as_i64()) {
                ("iat" | "exp" | "nbf", Some(shift)) => json!(now + shift),
                _ => value.clone(),
            };
        }
        let name = match does.how {
            Handtekening::Echt => "EdDSA",
            Handtekening::Geen => "none",
            Handtekening::Geheim => "HS256",
        };
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!(
            "{}.{}",
            part(json!({"alg": name, "kid": does.signs.1})),
            part(claims)
        );
        let signature = match does.how {
            Handtekening::Echt => {
                key(does.signs.0, "").sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes())
            }
            Handtekening::Geen => Ok(Vec::new()),
            Handtekening::Geheim => {
                CoreHmacKey::new(SECRET).sign(&CoreJwsSigningAlgorithm::HmacSha256, text.as_bytes())
            }
        };
        format!(
            "{text}.{}",
            URL_SAFE_NO_PAD.encode(signature.expect("signed"))
        )
    }
}

async fn describe(State(provider): State<Aanbieder>) -> Result<Json<Value>, StatusCode> {
    if provider.does().silent {
        return Err(StatusCode::BAD_GATEWAY);
    }
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Ok(Json(json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "userinfo_endpoint": at("/userinfo"), "end_session_endpoint": at("/logout"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    })))
}

async fn keys(State(provider): State<Aanbieder>) -> Json<Value> {
    let does = provider.does();
    let public = |(seed, name): &(u8, &str)| key(*seed, name).as_verification_key();
    let keys: Vec<CoreJsonWebKey> = does.published.iter().map(public).collect();
    Json(json!({"keys": keys}))
}

/// Whether it is us who ask.
fn is_us(
    does: &Gedrag,
    headers: &HeaderMap,
    form: &HashMap<String, String>,
    audience: &str,
) -> bool {
    let Some(seed) = does.client_key else {
        let encoded = |text: &str| text.replace(' ', "+");
        let expected = STANDARD.encode(format!("{CLIENT}:{}", encoded(SECRET)));
        let given = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        return given == Some(format!("Basic {expected}").as_str());
    };
    let Some((text, signature)) = form["client_assertion"].rsplit_once('.') else {
        return false;
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64");
    let claims: Value =
        serde_json::from_slice(&decoded(text.split('.').nth(1).expect("claims"))).expect("json");
    let public = key(seed, "").as_verification_key();
    let signed = public.verify_signature(
        &CoreJwsSigningAlgorithm::EdDsa,
        text.as_bytes(),
        &decoded(signature),
    );
    signed.is_ok()
        && claims["iss"] == CLIENT
        && claims["aud"] == audience
        && !form.contains_key("client_secret")
}

async fn token(
    State(provider): State<Aanbieder>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut does = provider.does();
    does.asked += 1;
    let no = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    if does.silent {
        return (StatusCode::BAD_GATEWAY, Json(Value::Null));
    }
    if !is_us(
        &does,
        &headers,
        &form,
        &format!("{}/token", provider.issuer),
    ) {
        return no("invalid_client");
    }
    let nonce = match form["grant_type"].as_str() {
        "authorization_code" => {
            let Some((nonce, challenge, redirect)) = does.codes.remove(&form["code"]) else {
                return no("invalid_grant");
            };
            let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
            if verifier != challenge || form["redirect_uri"] != redirect {
                return no("invalid_grant");
            }
            Some(nonce)
        }
        _ if does.refreshes && form["refresh_token"] == "tok-R7" => None,
        _ => return no("invalid_grant"),
    };
    let mut answer = json!({"access_token": "tok-A7", "token_type": "Bearer", "expires_in": 60});
    if does.proof {
        answer["id_token"] = provider.id_token(&does, nonce.as_deref()).into();
    }
    if does.refreshes {
        answer["refresh_token"] = "tok-R7".into();
    }
    (StatusCode::OK, Json(answer))
}

async fn userinfo(State(provider): State<Aanbieder>) -> Result<Json<Value>, StatusCode> {
    let told = provider.does().userinfo.clone();
    told.map(Json).ok_or(StatusCode::UNAUTHORIZED)
}
