//! Texts that people typed, beside the chain: the record holds only the SHA-256 of a random salt and the text. Without
//! the salt nobody can tell whether a text that was erased said this or that. Owns erasing names. Never changes a
//! record.

use super::{Trail, hex};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The field of a record that holds the hash.
const FIELD: &str = "toelichting_sha256";

/// Keeps a text beside the record with this number; gives the data of the record with the hash in it.
pub(super) fn keep(
    connection: &Connection,
    nummer: u64,
    gegevens: &Value,
    text: &str,
) -> rusqlite::Result<String> {
    let salt: String =
        connection.query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))?;
    connection.execute(
        "INSERT INTO toelichting (nummer, zout, tekst) VALUES (?, ?, ?)",
        params![nummer.cast_signed(), salt, text],
    )?;
    let mut gegevens = gegevens.clone();
    if let Value::Object(fields) = &mut gegevens {
        fields.insert(FIELD.to_owned(), hash(&salt, text).into());
    }
    Ok(gegevens.to_string())
}

fn hash(salt: &str, text: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text);
    hex(&hasher.finalize())
}

/// A text as it stands beside the chain.
pub(super) struct Kept {
    /// Random; empty once something in the text was erased.
    pub zout: String,
    /// What it says now.
    pub tekst: String,
    /// Whether something in it was erased.
    pub gewist: bool,
}

/// Whether what stands beside a record is what its data say.
pub(super) fn holds(gegevens: &str, kept: Option<&Kept>) -> bool {
    let known = match gegevens.contains(FIELD) {
        true => serde_json::from_str::<Value>(gegevens)
            .ok()
            .and_then(|gegevens| Some(gegevens.get(FIELD)?.as_str()?.to_owned())),
        false => None,
    };
    match (known, kept) {
        (None, None) => true,
        (Some(_), Some(kept)) if kept.gewist => true,
        (Some(known), Some(kept)) => hash(&kept.zout, &kept.tekst) == known,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl Trail {
    /// Puts a pseudonym where the name of `actor` stands: beside the chain, and in the texts beside it. Gives the number
    /// of texts that changed. Doing it again changes nothing.
    pub fn forget(&self, actor: &str, pseudonym: &str) -> rusqlite::Result<usize> {
        let mut connection = self.lock();
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let name: Option<String> = transaction
            .query_row("SELECT naam FROM persoon WHERE actor = ?", [actor], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(name) = name.filter(|name| name != pseudonym) else {
            return Ok(0);
        };
        transaction.execute(
            "UPDATE persoon SET naam = ? WHERE actor = ?",
            [pseudonym, actor],
        )?;
        let texts: Vec<(i64, String)> = {
            let mut statement = transaction.prepare("SELECT nummer, tekst FROM toelichting")?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                if let Some(text) = without(row.get_ref(1)?.as_str()?, &name, pseudonym) {
                    found.push((row.get(0)?, text));
                }
            }
            found
        };
        for (nummer, text) in &texts {
            transaction.execute(
                "UPDATE toelichting SET tekst = ?, zout = '', gewist = 1 WHERE nummer = ?",
                params![text, nummer],
            )?;
        }
        transaction.commit()?;
        // What was erased stands in the write-ahead log until it is written back.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(texts.len())
    }

    /// The name that stands beside the chain for `actor`.
    pub fn name_of(&self, actor: &str) -> rusqlite::Result<Option<String>> {
        self.lock()
            .query_row("SELECT naam FROM persoon WHERE actor = ?", [actor], |row| {
                row.get(0)
            })
            .optional()
    }
}

/// The text with `other` wherever `name` stands in it as words of its own, whatever the case of its letters; `None`
/// when it does not.
pub fn without(text: &str, name: &str, other: &str) -> Option<String> {
    let letters: Vec<char> = name.trim().chars().flat_map(char::to_lowercase).collect();
    if letters.is_empty() {
        return None;
    }
    let mut made = String::with_capacity(text.len());
    let (mut rest, mut before, mut found) = (text, None::<char>, false);
    while let Some(first) = rest.chars().next() {
        let inside = before.is_some_and(char::is_alphanumeric);
        match (!inside).then(|| after(rest, &letters)).flatten() {
            Some(behind) => {
                made.push_str(other);
                before = letters.last().copied();
                rest = behind;
                found = true;
            }
            None => {
                made.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    found.then_some(made)
}

/// What follows these letters at the beginning of a text, when no further letter follows at once.
fn after<'a>(text: &'a str, letters: &[char]) -> Option<&'a str> {
    let mut wanted = letters.iter();
    for (at, found) in text.char_indices() {
        if wanted.as_slice().is_empty() {
            return (!found.is_alphanumeric()).then(|| &text[at..]);
        }
        for letter in found.to_lowercase() {
            if wanted.next() != Some(&letter) {
                return None;
            }
        }
    }
    wanted.as_slice().is_empty().then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_goes_as_a_word_and_not_as_a_part_of_one() {
        let cases = [
            ("Verzoek van Els de Vries.", Some("Verzoek van persoon 1.")),
            (
                "ELS DE VRIES belde; Els de Vries niet",
                Some("persoon 1 belde; persoon 1 niet"),
            ),
            ("Els de Vriesman", None),
            ("Wels de Vries", None),
            ("niemand", None),
            ("Els de Vries", Some("persoon 1")),
        ];
        for (text, wanted) in cases {
            assert_eq!(
                without(text, "Els de Vries", "persoon 1").as_deref(),
                wanted,
                "{text}"
            );
        }
        assert_eq!(without("iets", " ", "x"), None);
        assert_eq!(
            without("aan IJsbrand İz", "ijsbrand", "x").as_deref(),
            Some("aan x İz")
        );
    }

    proptest! {
        #[test]
        fn whatever_the_text_a_name_between_spaces_is_gone(before in ".{0,20}", after in ".{0,20}") {
            let text = format!("{before} Qoezel Xim {after}");
            let made = without(&text, "Qoezel Xim", "persoon 7").expect("found");
            prop_assert!(!made.contains("Qoezel Xim") && made.contains("persoon 7"));
        }
    }
}
