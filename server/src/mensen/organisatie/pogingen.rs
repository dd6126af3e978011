//! Who is on the way to the provider and back: one attempt per state, for ten minutes, used once, and bound to the browser
//! that was sent. Kept in memory alone: an attempt does not outlive the program.

use super::Fout;
use openidconnect::{Nonce, PkceCodeVerifier, RedirectUrl};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody may take at the provider.
const LONGEST: Duration = Duration::from_secs(600);
/// So many attempts at once; beyond that the oldest is forgotten.
const MOST: usize = 10_000;

/// One attempt.
pub struct Poging {
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
    pub redirect: RedirectUrl,
    browser: [u8; 32],
    begun: Instant,
}

impl Poging {
    /// One that begins now, of the browser with this in its cookie.
    pub fn new(
        nonce: Nonce,
        verifier: PkceCodeVerifier,
        redirect: RedirectUrl,
        browser: &str,
    ) -> Self {
        Poging {
            nonce,
            verifier,
            redirect,
            browser: hashed(browser),
            begun: Instant::now(),
        }
    }
}

/// All of them, by the hash of their state.
#[derive(Default)]
pub struct Pogingen(Mutex<HashMap<[u8; 32], Poging>>);

impl Pogingen {
    /// Remembers one.
    pub fn add(&self, state: &str, attempt: Poging) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, known| known.begun.elapsed() < LONGEST);
        }
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, known)| known.begun)
        {
            let oldest = *oldest.0;
            all.remove(&oldest);
        }
        all.insert(hashed(state), attempt);
    }

    /// The attempt with this state, which is over then.
    pub fn take(&self, state: &str, browser: Option<&str>) -> Result<Poging, Fout> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = all.remove(&hashed(state)).ok_or(Fout::State)?;
        if attempt.begun.elapsed() >= LONGEST {
            return Err(Fout::State);
        }
        match browser.map(hashed) {
            Some(browser) if browser == attempt.browser => Ok(attempt),
            _ => Err(Fout::Browser),
        }
    }
}

fn hashed(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use openidconnect::PkceCodeChallenge;

    #[test]
    fn an_attempt_is_of_one_browser_and_used_once() {
        let all = Pogingen::default();
        let add = |state: &str| {
            let (_, verifier) = PkceCodeChallenge::new_random_sha256();
            let back = RedirectUrl::new("https://zoek.example/terug".into()).expect("address");
            all.add(
                state,
                Poging::new(Nonce::new("n".into()), verifier, back, "koek"),
            );
        };
        add("a");
        assert!(all.take("a", Some("koek")).is_ok());
        assert_eq!(all.take("a", Some("koek")).err(), Some(Fout::State));
        for other in [None, Some("ander"), Some("")] {
            add("b");
            assert_eq!(all.take("b", other).err(), Some(Fout::Browser));
            // Who tried with another cookie ended the attempt.
            assert_eq!(all.take("b", Some("koek")).err(), Some(Fout::State));
        }
        (0..MOST + 5).for_each(|number| add(&number.to_string()));
        assert_eq!(all.0.lock().expect("all").len(), MOST);
        assert!(all.take(&(MOST + 4).to_string(), Some("koek")).is_ok());
        assert_eq!(all.take("0", Some("koek")).err(), Some(Fout::State));
    }
}
