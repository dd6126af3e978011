//! Tokens with which a program does what somebody may do: `zv_` and 32 random bytes, shown once and known here by their
//! SHA-256. Each has a scope and an end, and stops with the account. A token never gives more than the account may, and
//! makes no other tokens.

use super::beheer::MANAGES;
use super::{Account, Actor, Via};
use crate::audit::Event;
use crate::mensen::bereik::Bereik;
use crate::store::{MARGE, Store, StoreError};
use crate::zaken::filled;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// What every token begins with: so that it is known when it lies somewhere it should not.
pub const PREFIX: &str = "zv_";
/// The longest that a token works.
pub const MOST_DAYS: u16 = 366;
/// Tokens of one account that work at once.
const MOST: u32 = 100;
/// Time between two notes that a token is used: a note at every request would write all day.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// A token, without what opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// By which the audit trail names it.
    pub nummer: i64,
    /// Whose it is.
    pub account: String,
    /// What it is for, in their words.
    pub naam: String,
    /// What it may.
    pub bereik: BTreeSet<Bereik>,
    /// When it was made.
    pub gemaakt: Timestamp,
    /// From when on it works no more.
    pub verloopt: Timestamp,
    /// When it was last used, to the minute.
    pub gebruikt: Option<Timestamp>,
    /// When it was withdrawn.
    pub ingetrokken: Option<Timestamp>,
}

impl Token {
    /// Whether it works at this moment.
    pub fn works(&self, now: Timestamp) -> bool {
        // One that is yet to be made was made by a clock that was wrong.
        let made = self.gemaakt <= now + MARGE;
        self.ingetrokken.is_none() && made && now < self.verloopt
    }
}

const COLUMNS: &str = "nummer, gebruiker, naam, bereik, gemaakt, verloopt, gebruikt, ingetrokken";

/// A row with what is not text in it.
type Read = (Token, String, [Option<String>; 4]);

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    let token = Token {
        nummer: row.get(0)?,
        account: row.get(1)?,
        naam: row.get(2)?,
        bereik: BTreeSet::new(),
        gemaakt: Timestamp::UNIX_EPOCH,
        verloopt: Timestamp::UNIX_EPOCH,
        gebruikt: None,
        ingetrokken: None,
    };
    let times = [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?];
    Ok((token, row.get(3)?, times))
}

fn whole((token, scope, times): Read) -> Result<Token, StoreError> {
    let [made, ends, used, withdrawn] = times.map(|time| time.and_then(|time| time.parse().ok()));
    Ok(Token {
        bereik: serde_json::from_str(&scope)?,
        gemaakt: made.unwrap_or_default(),
        // What cannot be read is over.
        verloopt: ends.unwrap_or_default(),
        gebruikt: used,
        ingetrokken: withdrawn,
        ..token
    })
}

impl Store {
    /// Makes a token of `actor`; gives it with what opens, which nobody sees again.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without a name or scope, for more than a year, or when there are too many.
    pub fn add_token(
        &self,
        actor: &Actor,
        name: &str,
        scope: &BTreeSet<Bereik>,
        days: u16,
    ) -> Result<(Token, String), StoreError> {
        let name = filled(name, "de naam", 200)?;
        if scope.is_empty() {
            return Err(StoreError::refused("kies ten minste één bereik"));
        }
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(StoreError::Refused(format!(
                "een token werkt 1 tot en met {MOST_DAYS} dagen"
            )));
        }
        if actor.is_local() || matches!(actor.via, Via::Token(_)) {
            return Err(StoreError::refused("een token maakt u als u bent ingelogd"));
        }
        self.change(|change| {
            let now = change.now;
            let sql = "SELECT count(*) FROM token WHERE gebruiker = ? AND ingetrokken IS NULL AND verloopt > ?";
            let many: u32 = change.query_row(sql, [&actor.id, &now.to_string()], |row| row.get(0))?;
            if many >= MOST {
                return Err(StoreError::refused(
                    "u hebt te veel tokens; trek er eerst een in",
                ));
            }
            let random: Vec<u8> = change.query_row("SELECT randomblob(32)", [], |row| row.get(0))?;
            let opens = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
            let ends = now + SignedDuration::from_hours(24 * i64::from(days));
            change.execute(
                "INSERT INTO token (gebruiker, naam, sleutel, bereik, gemaakt, verloopt)
                 VALUES (?, ?, ?, ?, ?, ?)",
                params![
                    actor.id,
                    name,
                    hashed(&opens),
                    serde_json::to_string(scope)?,
                    now.to_string(),
                    ends.to_string()
                ],
            )?;
            let token = Token {
                nummer: change.last_insert_rowid(),
                account: actor.id.clone(),
                naam: name,
                bereik: scope.clone(),
                gemaakt: now,
                verloopt: ends,
                gebruikt: None,
                ingetrokken: None,
            };
            let data = json!({"bereik": scope, "verloopt": ends.to_string()});
            change.log(&Event::done(actor, "token.gemaakt", token.nummer.to_string(), data))?;
            Ok((token, opens))
        })
    }

    /// The tokens of an account, the newest first.
    pub fn tokens(&self, account: &str) -> Result<Vec<Token>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM token WHERE gebruiker = ? ORDER BY nummer DESC");
        let connection = self.connection();
        let mut statement = connection.prepare(&sql)?;
        let rows = statement
            .query_map([account], read)?
            .collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(whole).collect()
    }

    /// Withdraws a token: one's own, or that of somebody else for who manages accounts.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for what is not there or not theirs, [`StoreError::Refused`] when it was withdrawn.
    pub fn withdraw_token(&self, actor: &Actor, number: i64) -> Result<(), StoreError> {
        self.change(|change| {
            let sql = format!("SELECT {COLUMNS} FROM token WHERE nummer = ?");
            let found = change.query_row(&sql, [number], read).optional()?;
            let token = found.map(whole).transpose()?;
            let may = |token: &Token| token.account == actor.id || actor.is_any(&MANAGES);
            let token = token
                .filter(may)
                .ok_or(StoreError::Missing("dit token bestaat niet"))?;
            if token.ingetrokken.is_some() {
                return Err(StoreError::refused("dit token is al ingetrokken"));
            }
            change.execute(
                "UPDATE token SET ingetrokken = ? WHERE nummer = ?",
                params![Timestamp::now().to_string(), number],
            )?;
            change.log(&Event::done(
                actor,
                "token.ingetrokken",
                number.to_string(),
                json!({}),
            ))
        })
    }

    /// Whose token this is and what it may, while it works. That it is used is recorded, once a minute.
    pub fn token_opens(&self, opens: &str) -> Result<Option<(Account, Token)>, StoreError> {
        let now = self.now();
        let sql = format!("SELECT {COLUMNS} FROM token WHERE sleutel = ?");
        let found = self
            .connection()
            .query_row(&sql, [hashed(opens)], read)
            .optional()?;
        let token = found.map(whole).transpose()?;
        let Some(token) = token.filter(|token| token.works(now)) else {
            return Ok(None);
        };
        let Some(account) = self.account(&token.account)?.filter(|account| !account.uit) else {
            return Ok(None);
        };
        if !self.vouched_for(&account.id, now)? {
            return Ok(None);
        }
        if token
            .gebruikt
            .is_none_or(|at| now.duration_since(at) > NOTED)
        {
            let actor = Actor::of(account.clone(), Via::Token(token.nummer));
            self.change(|change| {
                let sql = "UPDATE token SET gebruikt = ? WHERE nummer = ?";
                change.execute(sql, params![now.to_string(), token.nummer])?;
                change.log(&Event::done(
                    &actor,
                    "token.gebruikt",
                    token.nummer.to_string(),
                    json!({}),
                ))
            })?;
        }
        Ok(Some((account, token)))
    }
}

fn hashed(opens: &str) -> Vec<u8> {
    Sha256::digest(opens).to_vec()
}
