//! Proving who we are with a private key (`private_key_jwt`, RFC 7523): a short statement, signed with RS256, ES256 or
//! EdDSA, whatever the key is for. The signing is that of `ring`, in constant time. Never keeps the key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::CsrfToken;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

/// Seconds that a statement holds.
const HOLDS: i64 = 60;

/// A statement for `audience` that we are `client`; `None` when the key cannot be used.
pub fn assertion(pem: &[u8], kid: Option<&str>, client: &str, audience: &str) -> Option<String> {
    let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
    let key = rustls::crypto::ring::sign::any_supported_type(&key).ok()?;
    let ways = [
        (SignatureScheme::RSA_PKCS1_SHA256, "RS256"),
        (SignatureScheme::ECDSA_NISTP256_SHA256, "ES256"),
        (SignatureScheme::ED25519, "EdDSA"),
    ];
    let signs = |(scheme, name)| key.choose_scheme(&[scheme]).map(|signer| (signer, name));
    let (signer, way) = ways.into_iter().find_map(signs)?;
    let now = Timestamp::now().as_second();
    let mut header = json!({"alg": way, "typ": "JWT"});
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let claims = json!({"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + HOLDS,
        "jti": CsrfToken::new_random_len(32).secret()});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = signer.sign(signed.as_bytes()).ok()?;
    let signature = match way {
        "ES256" => raw(&signature)?,
        _ => signature,
    };
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// An ECDSA signature as a token has it: two numbers of 32 bytes, instead of the same in DER.
fn raw(der: &[u8]) -> Option<Vec<u8>> {
    let [0x30, _, rest @ ..] = der else {
        return None;
    };
    let number = |bytes: &[u8]| -> Option<(Vec<u8>, usize)> {
        let [0x02, length, ..] = *bytes else {
            return None;
        };
        let digits = bytes.get(2..2 + usize::from(length))?;
        let start = digits
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(digits.len());
        let digits = &digits[start..];
        let padding = 32_usize.checked_sub(digits.len())?;
        let mut whole = vec![0; padding];
        whole.extend_from_slice(digits);
        Some((whole, 2 + usize::from(length)))
    };
    let (mut first, used) = number(rest)?;
    let (second, _) = number(rest.get(used..)?)?;
    first.extend(second);
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_in_der_becomes_two_numbers() {
        let mut der = vec![0x30, 0x25, 0x02, 0x21, 0x00];
        der.extend([0xff; 32]);
        der.extend([0x02, 0x01, 0x07]);
        let raw = raw(&der).expect("numbers");
        assert_eq!(raw.len(), 64);
        assert_eq!((raw[0], raw[31], raw[32], raw[63]), (0xff, 0xff, 0, 7));
        for end in 0..der.len() {
            assert_eq!(super::raw(&der[..end]).map(|raw| raw.len()), None);
        }
    }
}
