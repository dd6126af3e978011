//! Stored searches: what was asked, by whom and in which case, to be opened again under an id from which nothing can
//! be guessed. That a search was really done is recorded elsewhere (`zaken::acties`).

use super::{Store, StoreError};
use crate::search::Question;
use crate::zaken::LOCAL;
use crate::zaken::woordenlijst::gebruik::{Lijst, keep, lijsten};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use zv_shared::lists::Lists;

/// A search that was asked once and can be opened again.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Opaque: 32 random hexadecimal digits.
    pub id: String,
    /// When it was asked.
    pub created: Timestamp,
    /// Key of who asked it.
    pub who: String,
    /// What was asked.
    pub question: Question,
    /// The lists with synonyms that it was asked with; `None` when that was not noted yet.
    pub lijsten: Option<Vec<Lijst>>,
}

impl Stored {
    /// Id of the case that it belongs to.
    pub fn zaak(&self) -> &str {
        self.question.zaak.as_deref().unwrap_or(LOCAL)
    }
}

impl Store {
    /// Stores a question of `who` with the lists that it is asked with, and gives its new id.
    pub fn add(&self, question: &Question, who: &str, lists: &Lists) -> Result<String, StoreError> {
        self.change(|change| {
            for list in lists.lists() {
                keep(change, list)?;
            }
            let id = change.query_row(
                "INSERT INTO zoekopdracht VALUES
                     (lower(hex(randomblob(16))), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                params![
                    Timestamp::now().to_string(),
                    question.vraag,
                    serde_json::to_string(&question.wijze)?,
                    serde_json::to_string(&question.filters)?,
                    serde_json::to_string(&question.sorteer)?,
                    serde_json::to_string(&question.datumveld)?,
                    question.ongedateerd,
                    serde_json::to_string(&question.facetten)?,
                    serde_json::to_string(&question.samenvoegen)?,
                    serde_json::to_string(&question.breedte)?,
                    question.zaak.as_deref().unwrap_or(LOCAL),
                    who,
                    question.verfijnt,
                    serde_json::to_string(&lijsten(lists))?,
                ],
                |row| row.get(0),
            )?;
            Ok(id)
        })
    }

    /// The search with this id.
    pub fn get(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        let columns = self
            .connection()
            .query_row("SELECT * FROM zoekopdracht WHERE id = ?", [id], |row| {
                let texts: [String; 12] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
                    .into_iter()
                    .map(|column| row.get(column))
                    .collect::<Result<Vec<String>, _>>()?
                    .try_into()
                    .unwrap_or_default();
                let lijsten: Option<String> = row.get(14)?;
                Ok((texts, row.get::<_, bool>(7)?, row.get(13)?, lijsten))
            })
            .optional()?;
        let Some((
            [
                id,
                created,
                vraag,
                wijze,
                filters,
                sorteer,
                datumveld,
                facetten,
                samenvoegen,
                breedte,
                zaak,
                who,
            ],
            ongedateerd,
            verfijnt,
            lijsten,
        )) = columns
        else {
            return Ok(None);
        };
        let question = Question {
            vraag,
            wijze: serde_json::from_str(&wijze)?,
            filters: serde_json::from_str(&filters)?,
            sorteer: serde_json::from_str(&sorteer)?,
            datumveld: serde_json::from_str(&datumveld)?,
            ongedateerd,
            facetten: serde_json::from_str(&facetten)?,
            samenvoegen: serde_json::from_str(&samenvoegen)?,
            breedte: serde_json::from_str(&breedte)?,
            zaak: (zaak != LOCAL).then_some(zaak),
            verfijnt,
        };
        let created = created.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Stored {
            id,
            created,
            who,
            question,
            lijsten: lijsten
                .map(|text| serde_json::from_str(&text))
                .transpose()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::index::{Collapse, DateField, FacetField, Sort};

    fn question() -> Question {
        Question {
            vraag: "\"aardgas\" OF van:jansen".into(),
            filters: [(FacetField::Soort, ["brief".to_owned()].into())].into(),
            sorteer: Sort::DatumNieuwst,
            datumveld: DateField::Verzonden,
            ongedateerd: false,
            facetten: Some(vec![FacetField::Jaar]),
            samenvoegen: Collapse::Draad,
            breedte: zv_shared::plan::Mode::Breed,
            ..Question::default()
        }
    }

    fn lists() -> Lists {
        Lists::built_in().expect("the list of the program")
    }

    #[test]
    fn a_stored_search_comes_back_whole_also_after_a_restart() {
        let folder = tempfile::tempdir().expect("folder");
        let id = Store::open(folder.path())
            .expect("open")
            .add(&question(), LOCAL, &lists())
            .expect("add");
        let found = Store::open(folder.path())
            .expect("open again")
            .get(&id)
            .expect("get")
            .expect("there");
        assert_eq!(found.question, question());
        assert_eq!(found.lijsten, Some(lijsten(&lists())));
        assert_eq!(found.id, id);
    }

    #[test]
    fn ids_are_long_and_never_the_same() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        let (a, b) = (
            store.add(&question(), LOCAL, &lists()).expect("a"),
            store.add(&question(), LOCAL, &lists()).expect("b"),
        );
        assert_eq!(a.len(), 32);
        assert!(a.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(a, b);
        assert_eq!(store.get("0").expect("get"), None);
    }
}
