//! Accounts and their passwords. Never tells whether a name exists: a wrong name takes as long as a wrong password.

use super::{Actor, Rol};
use crate::audit::Event;
use crate::store::{Store, StoreError};
use crate::zaken::filled;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The shortest password.
const SHORTEST: usize = 12;
/// The longest: hashing costs time, and nobody types more.
const LONGEST: usize = 1_000;

/// One password at a time: each takes 19 MB, and nobody may fill the memory by logging in.
static HASHING: Mutex<()> = Mutex::new(());

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Opaque: 32 random hexadecimal digits.
    pub id: String,
    /// What they type to log in.
    pub inlognaam: String,
    /// As they are shown.
    pub naam: String,
    /// What they do.
    pub rollen: BTreeSet<Rol>,
    /// Whether they may not log in any more.
    pub uit: bool,
}

pub(super) const COLUMNS: &str = "id, inlognaam, naam, rollen, uit";

pub(super) fn account(row: &Row<'_>) -> rusqlite::Result<(Account, String)> {
    let account = Account {
        id: row.get(0)?,
        inlognaam: row.get(1)?,
        naam: row.get(2)?,
        rollen: BTreeSet::new(),
        uit: row.get(4)?,
    };
    Ok((account, row.get(3)?))
}

pub(super) fn with_roles((mut account, roles): (Account, String)) -> Result<Account, StoreError> {
    account.rollen = serde_json::from_str(&roles)?;
    Ok(account)
}

impl Store {
    /// Whether anybody has an account. From the first one on, everybody has to log in.
    pub fn has_accounts(&self) -> Result<bool, StoreError> {
        let exists = "SELECT EXISTS (SELECT 1 FROM gebruiker)";
        Ok(self.connection().query_row(exists, [], |row| row.get(0))?)
    }

    /// All accounts, by name.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS} FROM gebruiker ORDER BY naam, id");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement
            .query_map([], account)?
            .collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(with_roles).collect()
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM gebruiker WHERE id = ?");
        let found = self
            .connection()
            .query_row(&sql, [id], account)
            .optional()?;
        found.map(with_roles).transpose()
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the name is taken or the password too short.
    pub fn add_account(
        &self,
        login: &str,
        name: &str,
        password: &str,
        roles: &BTreeSet<Rol>,
        actor: &Actor,
    ) -> Result<Account, StoreError> {
        let login = &filled(login, "de inlognaam", 200)?;
        let name = &filled(name, "de naam", 200)?;
        let hash = hashed(self, password)?;
        let account = self.change(|change| {
            let taken: bool = change.query_row(
                "SELECT EXISTS (SELECT 1 FROM gebruiker WHERE inlognaam = ?)",
                [login],
                |row| row.get(0),
            )?;
            if taken {
                return Err(StoreError::refused(format!(
                    "de inlognaam {login} bestaat al"
                )));
            }
            let id = change.new_id()?;
            change.execute(
                "INSERT INTO gebruiker VALUES (?, ?, ?, ?, ?, ?, 0)",
                params![
                    id,
                    login,
                    name,
                    hash,
                    serde_json::to_string(roles)?,
                    Timestamp::now().to_string()
                ],
            )?;
            change.log(&Event::done(
                actor,
                "account.gemaakt",
                &id,
                json!({ "rollen": roles }),
            ))?;
            Ok(Account {
                id,
                inlognaam: login.to_owned(),
                naam: name.to_owned(),
                rollen: roles.clone(),
                uit: false,
            })
        })?;
        self.trail()
            .name(&account.id, &account.naam)
            .map_err(StoreError::Trail)?;
        Ok(account)
    }

    /// Who has this name and password. Takes a good part of a second on purpose: call it where that holds up nobody.
    pub fn check_password(
        &self,
        login: &str,
        password: &str,
    ) -> Result<Option<Account>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS}, wachtwoord FROM gebruiker WHERE inlognaam = ? AND uit = 0");
        let found = self
            .connection()
            .query_row(&sql, [login], |row| {
                Ok((account(row)?, row.get::<_, String>(5)?))
            })
            .optional()?;
        let _turn = HASHING.lock().unwrap_or_else(PoisonError::into_inner);
        let (found, hash) = found.unzip();
        let known = hash
            .as_deref()
            .and_then(|hash| PasswordHash::new(hash).ok());
        let Some((found, hash)) = found
            .zip(known)
            .filter(|_| password.chars().count() <= LONGEST)
        else {
            // As much work as a wrong password; also for an account that has none here.
            let _ = Argon2::default().hash_password_with_salt(b"niemand", &[0; 16]);
            return Ok(None);
        };
        let sound = Argon2::default().verify_password(password.as_bytes(), &hash);
        sound.is_ok().then(|| with_roles(found)).transpose()
    }
}

/// The hash of a new password.
pub(super) fn hashed(store: &Store, password: &str) -> Result<String, StoreError> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(StoreError::Refused(format!(
            "een wachtwoord heeft {SHORTEST} tot {LONGEST} tekens"
        )));
    }
    let salt: Vec<u8> = store
        .connection()
        .query_row("SELECT randomblob(16)", [], |row| row.get(0))?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    let hash = hash.map_err(|_| StoreError::refused("dit wachtwoord kan niet"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::Via;

    fn local() -> Actor {
        Actor::local(Via::Opdracht)
    }

    #[test]
    fn only_the_right_password_opens_and_not_after_switching_off() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        assert!(!store.has_accounts().expect("asked"));
        let roles = BTreeSet::from([Rol::WooJurist]);
        let made = store
            .add_account("els", "Els de Vries", "lang genoeg ww", &roles, &local())
            .expect("made");
        assert!(store.has_accounts().expect("asked"));
        let found = store
            .check_password("ELS", "lang genoeg ww")
            .expect("checked");
        assert_eq!(found, Some(made.clone()));
        for (login, password) in [
            ("els", "lang genoeg wx"),
            ("jan", "lang genoeg ww"),
            ("els", ""),
        ] {
            assert_eq!(
                store.check_password(login, password).expect("checked"),
                None
            );
        }
        let twice = store.add_account("Els", "Andere Els", "lang genoeg ww", &roles, &local());
        assert!(matches!(twice, Err(StoreError::Refused(_))));
        let short = store.add_account("jan", "Jan", "kort", &roles, &local());
        assert!(matches!(short, Err(StoreError::Refused(_))));
        store
            .switch_account(&local(), &made.id, false)
            .expect("off");
        assert_eq!(
            store
                .check_password("els", "lang genoeg ww")
                .expect("checked"),
            None
        );
    }

    #[test]
    fn the_database_holds_no_password() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        store
            .add_account(
                "els",
                "Els",
                "geheim wachtwoord",
                &BTreeSet::new(),
                &local(),
            )
            .expect("made");
        drop(store);
        for file in std::fs::read_dir(folder.path()).expect("list") {
            let bytes = std::fs::read(file.expect("file").path()).expect("read");
            assert!(!bytes.windows(6).any(|part| part == b"geheim"));
        }
    }
}
