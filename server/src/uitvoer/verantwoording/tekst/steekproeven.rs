//! The part of an account about random samples: what each was drawn from, how it can be drawn again, and what it says.
//! Names one that is not finished as such. Never draws or judges.

use super::Schrijver;
use crate::web::labels;
use crate::zaken::steekproef::schatting::Schatting;
use crate::zaken::steekproef::{Soort, Steekproef};

impl Schrijver<'_> {
    pub(super) fn steekproeven(&mut self) {
        self.kop(2, "Steekproeven");
        if self.v.steekproeven.is_empty() {
            self.alinea("Er zijn geen steekproeven getrokken.");
            return;
        }
        self.alinea(
            "Een steekproef uit wat een zoekactie vond, laat zien welk deel daarvan relevant is (precisie). Een \
             steekproef uit wat zij doorzocht en niet vond, laat zien hoeveel er gemist is (elusie). De documenten zijn \
             willekeurig gekozen. Wie hetzelfde zaad gebruikt, trekt dezelfde documenten. Achter een schatting staat het \
             interval waarin het werkelijke getal met 95 % zekerheid ligt (Clopper-Pearson). Documenten waarvan niet te \
             bepalen is of zij relevant zijn, tellen niet mee in de schatting.",
        );
        for (sample, said) in &self.v.steekproeven {
            self.steekproef(sample, said);
        }
    }

    fn steekproef(&mut self, sample: &Steekproef, said: &Schatting) {
        let v = self.v;
        self.kop(
            3,
            format!("Steekproef {}: {}", sample.nummer, sample.soort.name()),
        );
        let (from, missed) = match sample.soort {
            Soort::Precisie => ("wat deze zoekactie vond", false),
            Soort::Elusie => ("wat deze zoekactie doorzocht en niet vond", true),
        };
        let (number, found) = (labels::number, said.uitkomst.as_ref());
        let documents = match missed {
            true => "Schatting van wat gemist is",
            false => "Schatting van wat relevant is",
        };
        self.gegevens(vec![
            ("Zoekactie", self.v.waar(sample.zoekactie)),
            ("Getrokken uit", from.to_owned()),
            ("Documenten waaruit getrokken is", number(said.omvang)),
            ("Getrokken documenten", number(said.getrokken())),
            ("Zaad", v.vrij(&sample.zaad)),
            ("Stand van de index", sample.stand.clone()),
            (
                "Getrokken op",
                format!(
                    "{} door {}",
                    labels::moment(sample.wanneer),
                    v.wie(&sample.door)
                ),
            ),
            ("Beoordeeld", number(said.beoordeeld())),
            ("Daarvan relevant", number(said.relevant)),
            ("Daarvan niet relevant", number(said.niet_relevant)),
            ("Daarvan niet te bepalen", number(said.niet_te_bepalen)),
            (
                "Aandeel relevant",
                found.map(labels::share).unwrap_or_default(),
            ),
            (documents, found.map(labels::estimated).unwrap_or_default()),
        ]);
        if said.nog_te_beoordelen > 0 {
            let left = labels::count(said.nog_te_beoordelen, "document is", "documenten zijn");
            self.alinea(format!(
                "Let op: deze steekproef is niet af. {left} nog niet beoordeeld; wat zij zegt is voorlopig."
            ));
        }
        if found.is_none() {
            self.alinea("Van geen document is bepaald of het relevant is: er is geen schatting.");
        }
    }
}
