//! The second step of logging in with a password: a code of an app (TOTP, RFC 6238), each used once, and recovery codes
//! for who lost the app, known here by their SHA-256. Never shows a secret or a recovery code a second time.

use super::{Account, Actor};
use crate::audit::Event;
use crate::mensen::beheer::end_sessions;
use crate::store::{Change, Store, StoreError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};
use totp_rs::{Builder, Secret, Totp};

/// Recovery codes given at once.
const CODES: usize = 10;
/// As the app shows where a code is for.
const ISSUER: &str = "Zoek & Vind";

/// How far somebody is with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing is set up.
    Uit,
    /// A secret was given, and no code of it yet.
    Begonnen,
    /// It is asked for; so many recovery codes are left.
    Aan(u32),
}

/// What somebody puts in an app.
#[derive(Clone, Debug)]
pub struct Geheim {
    /// To be typed: base32, in groups of four.
    pub geheim: String,
    /// To be followed on the device with the app.
    pub adres: String,
}

impl Store {
    /// How far an account is.
    pub fn second_step(&self, account: &str) -> Result<Stand, StoreError> {
        let sql =
            "SELECT bevestigd, (SELECT count(*) FROM herstelcode h WHERE h.gebruiker = t.gebruiker)
            FROM tweede_stap t WHERE gebruiker = ?";
        let found = self
            .connection()
            .query_row(sql, [account], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            None => Stand::Uit,
            Some((false, _)) => Stand::Begonnen,
            Some((true, left)) => Stand::Aan(left),
        })
    }

    /// Gives `actor` a new secret. It counts from the first right code on.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is one already, and for who logs in at the organisation.
    pub fn begin_second_step(&self, actor: &Actor) -> Result<Geheim, StoreError> {
        self.change(|change| {
            super::organisatie::not_of_provider(change, &actor.id)?;
            let sql = "SELECT EXISTS (SELECT 1 FROM tweede_stap WHERE gebruiker = ? AND bevestigd)";
            if change.query_row(sql, [&actor.id], |row| row.get(0))? {
                return Err(StoreError::refused("u hebt al een tweede stap ingesteld"));
            }
            let random = "SELECT randomblob(20)";
            let secret: Vec<u8> = change.query_row(random, [], |row| row.get(0))?;
            change.execute(
                "INSERT OR REPLACE INTO tweede_stap VALUES (?, ?, 0, 0)",
                params![actor.id, secret],
            )?;
            change.log(&Event::done(
                actor,
                "tweede-stap.begonnen",
                &actor.id,
                json!({}),
            ))?;
            Ok(shown(secret, &actor.naam))
        })
    }

    /// Sets it up with a first code; gives the recovery codes.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the code is wrong, or nothing was begun.
    pub fn confirm_second_step(
        &self,
        actor: &Actor,
        code: &str,
    ) -> Result<Vec<String>, StoreError> {
        self.change(|change| {
            let sql = "SELECT zaad FROM tweede_stap WHERE gebruiker = ? AND bevestigd = 0";
            let secret = change
                .query_row(sql, [&actor.id], |row| row.get(0))
                .optional()?;
            let none = || StoreError::refused("begin eerst met het instellen van de tweede stap");
            let step = step_of(secret.ok_or_else(none)?, code, now());
            let step = step.ok_or_else(|| StoreError::refused("deze code klopt niet"))?;
            change.execute(
                "UPDATE tweede_stap SET bevestigd = 1, stap = ? WHERE gebruiker = ?",
                params![step, actor.id],
            )?;
            change.execute("DELETE FROM herstelcode WHERE gebruiker = ?", [&actor.id])?;
            let codes = (0..CODES)
                .map(|_| new_code(change))
                .collect::<Result<Vec<_>, _>>()?;
            for code in &codes {
                let hash = hashed(code);
                change.execute(
                    "INSERT INTO herstelcode VALUES (?, ?)",
                    params![actor.id, hash],
                )?;
            }
            change.log(&Event::done(
                actor,
                "tweede-stap.ingesteld",
                &actor.id,
                json!({}),
            ))?;
            Ok(codes)
        })
    }

    /// Whether this is a code of the app that was not used yet, or a recovery code. It cannot be used again.
    pub fn take_code(
        &self,
        account: &Account,
        code: &str,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        self.take_code_at(account, code, actor, now())
    }

    fn take_code_at(
        &self,
        account: &Account,
        code: &str,
        actor: &Actor,
        now: u64,
    ) -> Result<bool, StoreError> {
        self.change(|change| {
            let sql = "SELECT zaad FROM tweede_stap WHERE gebruiker = ? AND bevestigd";
            let secret = change
                .query_row(sql, [&account.id], |row| row.get(0))
                .optional()?;
            let Some(secret) = secret else {
                return Ok(false);
            };
            if let Some(step) = step_of(secret, code, now) {
                let sql = "UPDATE tweede_stap SET stap = ?1 WHERE gebruiker = ?2 AND stap < ?1";
                return Ok(change.execute(sql, params![step, account.id])? == 1);
            }
            let sql = "DELETE FROM herstelcode WHERE gebruiker = ? AND code = ?";
            if change.execute(sql, params![account.id, hashed(code)])? == 0 {
                return Ok(false);
            }
            change.log(&Event::done(
                actor,
                "herstelcode.gebruikt",
                &account.id,
                json!({}),
            ))?;
            Ok(true)
        })
    }

    /// Takes away the second step of an account: somebody's own, with a code; or that of who lost app and codes.
    /// Who has it taken away by another is logged out everywhere.
    pub fn drop_second_step(&self, actor: &Actor, account: &str) -> Result<(), StoreError> {
        self.manage((actor, "tweede-stap.gewist"), account, |change, account| {
            let sql = "DELETE FROM tweede_stap WHERE gebruiker = ?";
            if change.execute(sql, [&account.id])? == 0 {
                return Err(StoreError::refused("dit account heeft geen tweede stap"));
            }
            change.execute("DELETE FROM herstelcode WHERE gebruiker = ?", [&account.id])?;
            if account.id != actor.id {
                end_sessions(change, account)?;
            }
            Ok(json!({}))
        })
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// SHA-1, six digits, half a minute: what every app knows.
fn app(secret: Vec<u8>) -> Option<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret))
        .build()
        .ok()
}

/// The step of time of which this is the code.
fn step_of(secret: Vec<u8>, code: &str, now: u64) -> Option<i64> {
    let digits: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let sound = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let step = app(secret).filter(|_| sound)?.check(&digits, now)?;
    i64::try_from(step).ok()
}

fn shown(secret: Vec<u8>, name: &str) -> Geheim {
    let text = Secret::from(secret).to_base32();
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let issuer = escaped(ISSUER);
    let adres = format!(
        "otpauth://totp/{issuer}:{}?secret={text}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
        escaped(&name.replace(':', " "))
    );
    Geheim {
        geheim: grouped(&text),
        adres,
    }
}

fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

/// A recovery code: 80 random bits.
fn new_code(change: &Change<'_>) -> Result<String, StoreError> {
    let random: Vec<u8> = change.query_row("SELECT randomblob(10)", [], |row| row.get(0))?;
    Ok(grouped(&Secret::from(random).to_base32()).replace(' ', "-"))
}

/// A code, however it was typed.
fn hashed(code: &str) -> Vec<u8> {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    Sha256::digest(plain).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::Via;
    use std::collections::BTreeSet;

    fn code_of(geheim: &Geheim, at: u64) -> String {
        let plain = geheim.geheim.replace(' ', "");
        let secret = Secret::try_from_base32(plain).expect("base32");
        app(secret.as_bytes().to_vec())
            .expect("app")
            .generate(at)
            .to_string()
    }

    #[test]
    fn a_code_opens_once_and_a_recovery_code_once() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let local = Actor::local(Via::Opdracht);
        let els = store
            .add_account(
                "els",
                "Els: de V",
                "lang genoeg ww",
                &BTreeSet::new(),
                &local,
            )
            .expect("made");
        let actor = Actor::of(els.clone(), Via::Web);
        assert_eq!(store.second_step(&els.id).expect("asked"), Stand::Uit);
        assert!(store.confirm_second_step(&actor, "123456").is_err());
        let first = store.begin_second_step(&actor).expect("begun");
        assert!(
            first
                .adres
                .starts_with("otpauth://totp/Zoek%20%26%20Vind:Els%20%20de%20V?secret=")
        );
        // It may be begun again as long as it does not count.
        let secret = store.begin_second_step(&actor).expect("begun again");
        assert_eq!(store.second_step(&els.id).expect("asked"), Stand::Begonnen);
        let takes = |code: &str, at| store.take_code_at(&els, code, &actor, at).expect("asked");
        let at = now();
        assert!(!takes(&code_of(&secret, at), at), "it does not count yet");
        assert!(
            store
                .confirm_second_step(&actor, &code_of(&first, at))
                .is_err()
        );
        let codes = store
            .confirm_second_step(&actor, &code_of(&secret, at))
            .expect("set up");
        assert_eq!(
            (codes.len(), BTreeSet::from_iter(&codes).len()),
            (CODES, CODES)
        );
        assert_eq!(store.second_step(&els.id).expect("asked"), Stand::Aan(10));
        assert!(store.begin_second_step(&actor).is_err());
        // The code with which it was set up is used.
        assert!(!takes(&code_of(&secret, at), at));
        let later = at + 90;
        assert!(takes(&format!(" {} ", code_of(&secret, later)), later));
        assert!(!takes(&code_of(&secret, later), later) && !takes(&code_of(&secret, at), later));
        assert!(!takes(&code_of(&secret, later + 120), later) && !takes("", later));
        assert!(
            takes(&codes[0].to_lowercase().replace('-', " "), later) && !takes(&codes[0], later)
        );
        assert_eq!(store.second_step(&els.id).expect("asked"), Stand::Aan(9));
        let bytes = std::fs::read(folder.path().join("toestand.db")).expect("read");
        assert!(
            !bytes
                .windows(codes[1].len())
                .any(|part| part == codes[1].as_bytes())
        );
        store.drop_second_step(&local, &els.id).expect("gone");
        assert_eq!(store.second_step(&els.id).expect("asked"), Stand::Uit);
        assert!(!takes(&codes[1], later));
    }
}
