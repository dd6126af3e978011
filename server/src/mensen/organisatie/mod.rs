//! Logging in at the OpenID provider of the organisation, after the Dutch government profile of OpenID Connect:
//! authorization code alone, PKCE with S256, state and nonce of 256 bits, one exact address to come back to, and an id
//! token that is checked whole. Owns what is asked of the provider and what of it is believed. Never tells a browser why
//! it was not believed, and keeps no token of the provider on disk.
//!
//! | file | owns |
//! |---|---|
//! | `provider` | where the provider is and which keys it has, over HTTP |
//! | `bewijs` | whether an id token is believed |
//! | `sleutel` | proving who we are with a private key |
//! | `pogingen` | who is on the way to the provider and back |
//! | `accounts` | who somebody from the provider is here |
//! | `sessies` | asking whether a session still lasts |

mod accounts;
mod bewijs;
mod pogingen;
mod provider;
mod sessies;
mod sleutel;

pub use accounts::{not_by_groups, not_of_provider};
pub use bewijs::Persoon;

use crate::settings::Organisatie;
use bewijs::{Claims, Key};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PostLogoutRedirectUrl,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse,
};
use pogingen::{Poging, Pogingen};
use provider::{Known, Provider};
use sessies::Vernieuwingen;

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;
type Client = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Bytes of randomness in state, nonce and the cookie between them.
const RANDOM: u32 = 32;

/// Why somebody does not come in. For the audit trail, never for who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fout {
    /// Nobody was sent to the provider with this state, or too long ago, or it was used already.
    State,
    /// Another browser than the one that was sent.
    Browser,
    /// The provider says no.
    Aanbieder,
    /// The provider does not know the code, or not us.
    Code,
    /// There is no id token.
    GeenBewijs,
    /// It is of another issuer.
    Uitgever,
    /// It is for another program.
    Publiek,
    /// It is of another attempt.
    Nonce,
    /// It is too old, or of a time to come.
    Tijd,
    /// It is signed in a way that is not allowed, or not at all.
    Algoritme,
    /// The provider has no such key.
    Sleutel,
    /// The signature is not of that key.
    Handtekening,
    /// Something else in it is wrong.
    Bewijs,
    /// The groups cannot be read, or are too many.
    Groepen,
    /// None of the groups gives a role.
    GeenGroep,
    /// The account is off, or its name was erased.
    Uit,
    /// The provider does not answer as it should.
    Onbereikbaar,
    /// The secret, the key or the certificates of the settings cannot be used.
    Instelling,
}

impl Fout {
    /// The name in the audit trail.
    pub fn name(self) -> &'static str {
        match self {
            Fout::State => "state",
            Fout::Browser => "browser",
            Fout::Aanbieder => "aanbieder-weigert",
            Fout::Code => "code",
            Fout::GeenBewijs => "geen-id-token",
            Fout::Uitgever => "uitgever",
            Fout::Publiek => "audience",
            Fout::Nonce => "nonce",
            Fout::Tijd => "tijd",
            Fout::Algoritme => "algoritme",
            Fout::Sleutel => "sleutel-onbekend",
            Fout::Handtekening => "handtekening",
            Fout::Bewijs => "id-token",
            Fout::Groepen => "groepen",
            Fout::GeenGroep => "geen-groep",
            Fout::Uit => "account-uit",
            Fout::Onbereikbaar => "onbereikbaar",
            Fout::Instelling => "instelling",
        }
    }
}

/// The way to the provider.
pub struct Heen {
    /// Address at the provider.
    pub address: String,
    /// What the browser must bring back in a cookie.
    pub browser: String,
}

/// With what the provider sends somebody back.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct Terug {
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// How we prove who we are: with a secret, or with fields that go along.
type Bewezen = (Option<ClientSecret>, Vec<(&'static str, String)>);

/// The provider as this program knows it.
pub struct Aanbieder {
    settings: Organisatie,
    provider: Provider,
    attempts: Pogingen,
    renewals: Vernieuwingen,
}

impl Aanbieder {
    /// One with these settings; nothing is asked of it yet.
    pub fn new(settings: Organisatie) -> Self {
        Aanbieder {
            settings,
            provider: Provider::default(),
            attempts: Pogingen::default(),
            renewals: Vernieuwingen::default(),
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &Organisatie {
        &self.settings
    }

    /// Whether a file that the settings name cannot be used.
    pub fn cannot_ask(&self) -> bool {
        provider::http(&self.settings).is_err() || self.proof(&self.settings.uitgever).is_err()
    }

    /// The way to the provider, for a browser that must come back to `redirect`.
    pub async fn begin(&self, redirect: &str) -> Result<Heen, Fout> {
        let known = self.provider.known(&self.settings, false).await?;
        let client = self.client(&known, None);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let back = RedirectUrl::new(redirect.to_owned()).map_err(|_| Fout::Instelling)?;
        let client = client.set_redirect_uri(back.clone());
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (address, state, nonce) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new_random_len(RANDOM),
                || Nonce::new_random_len(RANDOM),
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let browser = CsrfToken::new_random_len(RANDOM).into_secret();
        let attempt = Poging::new(nonce, verifier, back, &browser);
        self.attempts.add(state.secret(), attempt);
        Ok(Heen {
            address: address.into(),
            browser,
        })
    }

    /// Who came back, when all of it is believed. An attempt ends here, whatever comes of it.
    pub async fn finish(&self, back: &Terug, browser: Option<&str>) -> Result<Persoon, Fout> {
        let attempt = self.attempts.take(&back.state, browser)?;
        // The provider may say who it is: another one cannot slip in its code (RFC 9207).
        if back
            .iss
            .as_ref()
            .is_some_and(|iss| *iss != self.settings.uitgever)
        {
            return Err(Fout::Uitgever);
        }
        let code = match (&back.code, &back.error) {
            (Some(code), None) => AuthorizationCode::new(code.clone()),
            _ => return Err(Fout::Aanbieder),
        };
        let known = self.provider.known(&self.settings, false).await?;
        let (secret, extra) = self.proof(token_address(&known)?)?;
        let client = self
            .client(&known, secret)
            .set_redirect_uri(attempt.redirect);
        let mut request = client
            .exchange_code(code)
            .map_err(|_| Fout::Onbereikbaar)?
            .set_pkce_verifier(attempt.verifier);
        for (name, value) in extra {
            request = request.add_extra_param(name, value);
        }
        let answer = request.request_async(&known.http).await.map_err(refused)?;
        self.believe(&known, &answer, Key::Attempt(&attempt.nonce))
            .await
    }

    /// Who a session belongs to, asked again.
    async fn renew(&self, token: &RefreshToken, sub: &str) -> Result<Persoon, Fout> {
        let known = self.provider.known(&self.settings, false).await?;
        let (secret, extra) = self.proof(token_address(&known)?)?;
        let client = self.client(&known, secret);
        let mut request = client
            .exchange_refresh_token(token)
            .map_err(|_| Fout::Onbereikbaar)?;
        for (name, value) in extra {
            request = request.add_extra_param(name, value);
        }
        let answer = request.request_async(&known.http).await.map_err(refused)?;
        self.believe(&known, &answer, Key::Subject(sub)).await
    }

    /// Who an answer tells of. With a key that is not known yet, the keys are fetched again.
    async fn believe(&self, known: &Known, answer: &Answer, key: Key<'_>) -> Result<Persoon, Fout> {
        let told =
            |known: &Known| bewijs::persoon(&self.client(known, None), answer, key, &self.settings);
        let (mut person, known) = match told(known) {
            Err(Fout::Sleutel) => {
                let newer = self.provider.known(&self.settings, true).await?;
                (told(&newer)?, newer)
            }
            other => (other?, known.clone()),
        };
        if person.groups.is_none() {
            let client = self.client(&known, None);
            person.groups = self
                .groups_by_asking(&client, &known, answer, &person.sub)
                .await?;
        }
        person.refresh = answer.refresh_token().cloned();
        Ok(person)
    }

    /// The groups of who holds this token, when the provider tells them at another address.
    async fn groups_by_asking(
        &self,
        client: &Client,
        known: &Known,
        answer: &Answer,
        sub: &str,
    ) -> Result<Option<std::collections::BTreeSet<String>>, Fout> {
        let sub = openidconnect::SubjectIdentifier::new(sub.to_owned());
        let Ok(request) = client.user_info(answer.access_token().clone(), Some(sub)) else {
            return Ok(None);
        };
        let told = request
            .request_async::<Claims, _, CoreGenderClaim>(&known.http)
            .await;
        let told = told.map_err(|error| match error {
            openidconnect::UserInfoError::Request(_) => Fout::Onbereikbaar,
            _ => Fout::Groepen,
        })?;
        told.additional_claims().groups(&self.settings.groepen)
    }

    /// Where somebody logs out at the provider too, when it has such a place.
    pub async fn logout(&self, after: &str) -> Option<String> {
        let known = self.provider.known(&self.settings, false).await.ok()?;
        let end = known
            .metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let after = PostLogoutRedirectUrl::new(after.to_owned()).ok()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.settings.client.clone()))
            .set_post_logout_redirect_uri(after);
        Some(request.http_get_url().into())
    }

    fn client(&self, known: &Known, secret: Option<ClientSecret>) -> Client {
        let name = ClientId::new(self.settings.client.clone());
        let client = Client::from_provider_metadata((*known.metadata).clone(), name, secret);
        match known.posts_secret() {
            true => client.set_auth_type(AuthType::RequestBody),
            false => client,
        }
    }

    /// Proves who we are: a secret, or fields that we signed. The files are read every time: they may be replaced.
    fn proof(&self, audience: &str) -> Result<Bewezen, Fout> {
        let read = |path| std::fs::read(path).map_err(|_| Fout::Instelling);
        if let Some(path) = &self.settings.geheim_bestand {
            let text = String::from_utf8(read(path)?).map_err(|_| Fout::Instelling)?;
            let secret = text.trim().to_owned();
            return match secret.is_empty() {
                true => Err(Fout::Instelling),
                false => Ok((Some(ClientSecret::new(secret)), Vec::new())),
            };
        }
        let path = self
            .settings
            .sleutel_bestand
            .as_ref()
            .ok_or(Fout::Instelling)?;
        let name = self.settings.sleutel_id.as_deref();
        let signed = sleutel::assertion(&read(path)?, name, &self.settings.client, audience);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        let signed = signed.ok_or(Fout::Instelling)?;
        Ok((
            None,
            vec![
                ("client_assertion_type", kind),
                ("client_assertion", signed),
            ],
        ))
    }
}

fn token_address(known: &Known) -> Result<&str, Fout> {
    let address = known.metadata.token_endpoint().ok_or(Fout::Onbereikbaar)?;
    Ok(address.as_str())
}

fn refused<RE, T>(error: RequestTokenError<RE, T>) -> Fout
where
    RE: std::error::Error + 'static,
    T: openidconnect::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::ServerResponse(_) => Fout::Code,
        RequestTokenError::Request(_) | RequestTokenError::Other(_) => Fout::Onbereikbaar,
        RequestTokenError::Parse(..) => Fout::Bewijs,
    }
}
