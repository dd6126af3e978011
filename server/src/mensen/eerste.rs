//! The first beheerder of a server that others can reach: made by whoever has the code that was printed when it started,
//! and who can therefore read its log. It works once, as long as there is no account. Never opens anything else.

use super::{Account, Actor, Rol, Via};
use crate::store::{Store, StoreError};
use openidconnect::CsrfToken;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The code, known here by its SHA-256.
pub struct EersteCode(Mutex<Option<[u8; 32]>>);

/// Who somebody wants to be.
pub struct Nieuw<'a> {
    /// The code.
    pub code: &'a str,
    /// What they type to log in.
    pub inlognaam: &'a str,
    /// As they are shown.
    pub naam: &'a str,
    /// Their password.
    pub wachtwoord: &'a str,
}

impl EersteCode {
    /// A new one, with what is to be printed.
    pub fn new() -> (Self, String) {
        let code = CsrfToken::new_random_len(18).into_secret();
        (EersteCode(Mutex::new(Some(hashed(&code)))), code)
    }

    /// Makes the first account: a beheerder autorisatie. `None` when the code is wrong, or was used.
    pub fn use_it(
        &self,
        store: &Store,
        new: &Nieuw<'_>,
        via: Via,
    ) -> Result<Option<Account>, StoreError> {
        // Held meanwhile: of two at once one is first.
        let mut code = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *code != Some(hashed(new.code)) || store.has_accounts()? {
            return Ok(None);
        }
        let actor = Actor {
            id: "eenmalige-code".to_owned(),
            naam: "wie de eenmalige code had".to_owned(),
            rollen: BTreeSet::new(),
            via,
        };
        let roles = BTreeSet::from([Rol::BeheerderAutorisatie]);
        let made = store.add_account(new.inlognaam, new.naam, new.wachtwoord, &roles, &actor)?;
        *code = None;
        Ok(Some(made))
    }
}

fn hashed(code: &str) -> [u8; 32] {
    Sha256::digest(code.trim()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_makes_one_beheerder_and_no_other() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let (first, code) = EersteCode::new();
        let makes = |code: &str, password: &str| {
            let new = Nieuw {
                code,
                inlognaam: "gea",
                naam: "Gea",
                wachtwoord: password,
            };
            first.use_it(&store, &new, Via::Web)
        };
        assert_eq!(makes("", "lang genoeg ww").expect("asked"), None);
        assert_eq!(makes("verzonnen", "lang genoeg ww").expect("asked"), None);
        assert!(makes(&code, "kort").is_err());
        let made = makes(&format!(" {code} "), "lang genoeg ww")
            .expect("asked")
            .expect("made");
        assert_eq!(made.rollen, BTreeSet::from([Rol::BeheerderAutorisatie]));
        assert_eq!(makes(&code, "lang genoeg ww").expect("asked"), None);
        // Nor with another code, once somebody has an account.
        let (second, code) = EersteCode::new();
        let new = Nieuw {
            code: &code,
            inlognaam: "jan",
            naam: "Jan",
            wachtwoord: "lang genoeg ww",
        };
        assert_eq!(second.use_it(&store, &new, Via::Web).expect("asked"), None);
    }
}
