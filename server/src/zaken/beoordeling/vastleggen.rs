//! The one way in which a judgement is written down, with its line in the audit trail.

use super::{Beoordeling, oordeel_name, seen};
use crate::mensen::Actor;
use crate::store::{Change, Store, StoreError};
use crate::zaken::Zaak;
use crate::zaken::schifting::{Stuk, may_judge};
use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;
use zv_shared::PartialDate;

/// A document with its date, and the last record of it that its judge saw; 0 when there was none.
pub type Gezien = (Stuk, Option<PartialDate>, u64);

impl Store {
    /// Judges documents alike, all of them or none; gives the numbers of the records.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody judged one of them in between.
    pub fn beoordeel(
        &self,
        (actor, zaak): (&Actor, &Zaak),
        documenten: &[Gezien],
        beoordeling: &Beoordeling,
    ) -> Result<Vec<u64>, StoreError> {
        let mut ready = Vec::with_capacity(documenten.len());
        for one in documenten {
            let day = self.decision_day(zaak, one.0.id)?;
            ready.push((one, beoordeling.checked(one.0.id, day)?));
        }
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            let write = |(one, beoordeling)| write(change, (actor, zaak), one, &beoordeling);
            ready.into_iter().map(write).collect()
        })
    }
}

fn write(
    change: &Change<'_>,
    (actor, zaak): (&Actor, &Zaak),
    (stuk, datum, gezien): &Gezien,
    beoordeling: &Beoordeling,
) -> Result<u64, StoreError> {
    seen(change, zaak, stuk.id, *gezien)?;
    change.execute(
        "INSERT INTO beoordeling (zaak, document, inhoud, bron, datum, oordeel, gegevens, door, wanneer)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            zaak.id,
            stuk.id.0,
            stuk.inhoud.map(|content| content.0),
            stuk.bron,
            datum.map(|datum| datum.to_string()),
            oordeel_name(beoordeling.oordeel),
            serde_json::to_string(beoordeling)?,
            actor.id,
            Timestamp::now().to_string()
        ],
    )?;
    let record = change.last_insert_rowid().unsigned_abs();
    let gegevens = json!({
        "nummer": record, "oordeel": oordeel_name(beoordeling.oordeel), "gronden": beoordeling.gronden,
    });
    change.log(&zaak.did(
        actor,
        "beoordeling.vastgelegd",
        stuk.id.to_string(),
        gegevens,
    ))?;
    Ok(record)
}
