//! Who somebody from the provider is here: an account of their own under issuer and `sub`, made when they first come.
//! Never merges it with another account, whatever name the provider gives; takes away what the groups no longer give.

use super::{Fout, Persoon};
use crate::audit::Event;
use crate::mensen::accounts::{COLUMNS, account, with_roles};
use crate::mensen::sessions::{Session, insert_session};
use crate::mensen::{Account, Actor, Rol, Via};
use crate::settings::Organisatie;
use crate::store::{Change, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeSet;

/// The list of principals that the provider gives.
const PROVIDER: &str = "oidc";
/// How long tokens work after the provider last vouched for somebody.
const VOUCHED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest name that is kept.
const LONGEST: usize = 200;

impl Store {
    /// Opens a session for somebody from the provider, with the roles and principals that `settings` give their groups.
    pub fn log_in_from_provider(
        &self,
        settings: &Organisatie,
        person: &Persoon,
    ) -> Result<Result<(Account, Session), Fout>, StoreError> {
        let account = match self.settle_from_provider(settings, person)? {
            Ok(account) => account,
            Err(fault) => return Ok(Err(fault)),
        };
        let session = self.change(|change| {
            let session = insert_session(change, &account, Via::Web, "organisatie")?;
            change.execute(
                "INSERT INTO organisatie_sessie VALUES (?, ?, ?)",
                params![
                    session.hash(),
                    change.now.to_string(),
                    person.refresh.is_some()
                ],
            )?;
            Ok(session)
        })?;
        Ok(Ok((account, session)))
    }

    /// Takes over what the provider says of somebody, who has an account from then on if they may.
    fn settle_from_provider(
        &self,
        settings: &Organisatie,
        person: &Persoon,
    ) -> Result<Result<Account, Fout>, StoreError> {
        // Who is in no group has no role, whatever the provider leaves out.
        let groups = person.groups.clone().unwrap_or_default();
        let roles = settings.roles(&groups);
        let settled =
            self.change(|change| settle(change, &settings.uitgever, person, roles.as_ref()))?;
        let Ok(account) = &settled else {
            return Ok(settled);
        };
        self.trail()
            .name(&account.id, &account.naam)
            .map_err(StoreError::Trail)?;
        // Before there is a session: who was put out of a group must not see once more what it opened.
        let principals = settings.principals(&groups);
        self.set_principals((&by_groups(), &account.id), PROVIDER, &principals)?;
        Ok(settled)
    }

    /// Takes over what the provider says of somebody who has a session.
    pub(super) fn renew_from_provider(
        &self,
        settings: &Organisatie,
        session: &[u8],
        person: &Persoon,
    ) -> Result<Result<(), Fout>, StoreError> {
        // A provider that tells no groups this time does not say that there are none.
        if person.groups.is_some()
            && let Err(fault) = self.settle_from_provider(settings, person)?
        {
            return Ok(Err(fault));
        }
        self.change(|change| {
            change.execute(
                "UPDATE organisatie_sessie SET gecontroleerd = ? WHERE sleutel = ?",
                params![change.now.to_string(), session],
            )?;
            Ok(Ok(()))
        })
    }

    /// Whether the provider vouched for an account lately, or has nothing to do with it: only then its tokens work.
    pub fn vouched_for(&self, account: &str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT gezien FROM organisatie_account WHERE gebruiker = ?";
        let connection = self.connection();
        let seen = connection.query_row(sql, [account], |row| row.get::<_, String>(0));
        Ok(match seen.optional()? {
            None => true,
            Some(seen) => seen
                .parse()
                .is_ok_and(|seen: Timestamp| now.duration_since(seen) < VOUCHED),
        })
    }

    /// The `sub` of an account at this provider.
    pub(super) fn sub_of(&self, issuer: &str, account: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT sub FROM organisatie_account WHERE uitgever = ? AND gebruiker = ?";
        let connection = self.connection();
        let found = connection.query_row(sql, [issuer, account], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// The groups of an account, as the provider named them last; `None` for an account of this program.
    pub fn groups_of(&self, account: &str) -> Result<Option<BTreeSet<String>>, StoreError> {
        let sql = "SELECT groepen FROM organisatie_account WHERE gebruiker = ?";
        let found: Option<String> = self
            .connection()
            .query_row(sql, [account], |row| row.get(0))
            .optional()?;
        Ok(found
            .map(|groups| serde_json::from_str(&groups))
            .transpose()?)
    }
}

/// Refuses to give a password to an account of the provider.
pub fn not_of_provider(change: &Change<'_>, account: &str) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM organisatie_account WHERE gebruiker = ?)";
    match change.query_row(sql, [account], |row| row.get(0))? {
        true => Err(StoreError::refused(
            "dit account logt in via de organisatie en heeft hier geen wachtwoord",
        )),
        false => Ok(()),
    }
}

/// Refuses to give roles by hand to an account that has them from its groups.
pub fn not_by_groups(change: &Change<'_>, account: &str) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS
        (SELECT 1 FROM organisatie_account WHERE gebruiker = ? AND rollen_van_groepen)";
    match change.query_row(sql, [account], |row| row.get(0))? {
        true => Err(StoreError::refused(
            "de rollen van dit account komen van de groepen bij de organisatie; wijzig ze daar",
        )),
        false => Ok(()),
    }
}

/// The account of somebody, made when there is none, with the groups and roles of now.
fn settle(
    change: &Change<'_>,
    issuer: &str,
    person: &Persoon,
    roles: Option<&BTreeSet<Rol>>,
) -> Result<Result<Account, Fout>, StoreError> {
    let sql = "SELECT gebruiker FROM organisatie_account WHERE uitgever = ? AND sub = ?";
    let known = change.query_row(sql, [issuer, &person.sub], |row| row.get::<_, String>(0));
    let none = roles.is_some_and(BTreeSet::is_empty);
    let mut account = match known.optional()? {
        Some(id) => {
            let sql = format!("SELECT {COLUMNS} FROM gebruiker WHERE id = ?");
            with_roles(change.query_row(&sql, [&id], account)?)?
        }
        // Nobody gets an account without a right to anything.
        None if none => return Ok(Err(Fout::GeenGroep)),
        None => make(change, issuer, person, roles)?,
    };
    // Without a role nobody is vouched for.
    let seen = if none {
        Timestamp::UNIX_EPOCH
    } else {
        change.now
    };
    change.execute(
        "UPDATE organisatie_account SET groepen = ?, rollen_van_groepen = ?, gezien = ?
         WHERE gebruiker = ?",
        params![
            groups(person)?,
            roles.is_some(),
            seen.to_string(),
            account.id
        ],
    )?;
    if let Some(roles) = roles.filter(|roles| **roles != account.rollen) {
        let sql = "UPDATE gebruiker SET rollen = ? WHERE id = ?";
        change.execute(sql, params![serde_json::to_string(roles)?, account.id])?;
        let data = json!({"was": account.rollen, "wordt": roles, "door": "groepen"});
        change.log(&Event::done(
            &by_groups(),
            "account.rollen",
            &account.id,
            data,
        ))?;
        account.rollen = roles.clone();
    }
    if account.uit {
        return Ok(Err(Fout::Uit));
    }
    Ok(if none {
        Err(Fout::GeenGroep)
    } else {
        Ok(account)
    })
}

/// Who is behind what the groups of the provider bring about.
fn by_groups() -> Actor {
    Actor {
        via: Via::Web,
        ..Actor::program()
    }
}

fn groups(person: &Persoon) -> Result<String, StoreError> {
    let none = BTreeSet::new();
    Ok(serde_json::to_string(
        person.groups.as_ref().unwrap_or(&none),
    )?)
}

fn make(
    change: &Change<'_>,
    issuer: &str,
    person: &Persoon,
    roles: Option<&BTreeSet<Rol>>,
) -> Result<Account, StoreError> {
    let id = change.new_id()?;
    let login = clean(person.inlognaam.as_deref()).map(|name| format!("{name} (organisatie)"));
    let taken = |name: &String| {
        let sql = "SELECT EXISTS (SELECT 1 FROM gebruiker WHERE inlognaam = ?)";
        change.query_row(sql, [name], |row| row.get::<_, bool>(0))
    };
    let login = match login {
        Some(name) if !taken(&name)? => name,
        _ => id.clone(),
    };
    let name = clean(person.naam.as_deref()).or_else(|| clean(person.inlognaam.as_deref()));
    let account = Account {
        naam: name.unwrap_or_else(|| "onbekend (organisatie)".to_owned()),
        inlognaam: login,
        rollen: roles.cloned().unwrap_or_default(),
        uit: false,
        id,
    };
    change.execute(
        "INSERT INTO gebruiker VALUES (?, ?, ?, '', ?, ?, 0)",
        params![
            account.id,
            account.inlognaam,
            account.naam,
            serde_json::to_string(&account.rollen)?,
            Timestamp::now().to_string()
        ],
    )?;
    change.execute(
        "INSERT INTO organisatie_account VALUES (?, ?, ?, ?, ?, ?)",
        params![
            issuer,
            person.sub,
            account.id,
            groups(person)?,
            roles.is_some(),
            Timestamp::now().to_string()
        ],
    )?;
    let data = json!({"rollen": account.rollen, "door": "groepen"});
    change.log(&Event::done(
        &by_groups(),
        "account.gemaakt",
        &account.id,
        data,
    ))?;
    Ok(account)
}

/// A name from elsewhere: one line, not too long, not empty.
fn clean(name: Option<&str>) -> Option<String> {
    let whole: String = name?
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    let short: String = whole.trim().chars().take(LONGEST - 20).collect();
    (!short.is_empty()).then_some(short)
}
