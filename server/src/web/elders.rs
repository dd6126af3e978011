//! What the same document came to in other cases, as the pages say it. Who may know it stands in `zaken`.

use super::labels;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use zv_shared::Document;

/// One other case.
pub struct Elsewhere {
    /// Its address.
    pub address: String,
    /// Its number.
    pub nummer: String,
    /// How the document was judged there.
    pub what: String,
    /// When.
    pub when: String,
}

/// All that who looks may know, by case.
pub fn elsewhere(app: &App, zicht: &Zicht, document: &Document) -> Result<Vec<Elsewhere>, Problem> {
    let told = app.elders(zicht, document)?.into_iter().map(|one| {
        let parts = [
            one.schifting.map(|waarde| waarde.label().to_owned()),
            one.beoordeling(),
            one.definitief.then(|| "definitief".to_owned()),
        ];
        let what: Vec<String> = parts.into_iter().flatten().collect();
        Elsewhere {
            address: format!("/zaken/{}", one.zaak),
            what: what.join(", "),
            when: labels::moment(one.wanneer),
            nummer: one.nummer,
        }
    });
    Ok(told.collect())
}
