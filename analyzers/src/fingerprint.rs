//! The analyzer fingerprint. Owns the sample that notices every change of behaviour, ours or a dependency's.
//! Never decides what happens when it changed.

use crate::term::push_hex;
use crate::token::tokens;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Raised when terms change in a way that the sample does not show.
const VERSION: &str = "zv-analyzers 5";

/// Touches every rule of the tokenizer, and stems of every kind.
const SAMPLE: &str = "De minister van Économische Zaken en de \u{133}verige co\u{F6}rdinatoren; A\u{308}rger. \
    Straße Æsop Œuvre Łódź Ørsted þing ısı \u{FB01}nanci\u{EB}n m² ½ ﾊﾟ \u{212B}ngström ΟΔΟΣ \
    woo\u{AD}ver\u{200B}zoek woo-verzoeken woo\u{2011}besluit 2019\u{2013}2021 2023/4567 art. 5.1 12,50 10:30 a,b \
    jan.jansen@minvws.nl R&D snake_case nota's nota\u{2019}s A4'tje AOW\u{2BC}er sms'en L'Oréal 's-Gravenhage foto´s \
    ver-\ngunning woo-\r\nverzoek open\u{AD}\u{C}baar- \n heid jan.jan-\nsen@x.nl onder-\nen bovengrens in- \nof uit \
    日本語カナ\u{1E}volgende eenheid a--b -c- Pneumonoultramicroscopicsilicovolcanoconiosis\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \
    huizen besluiten vergunningen wetten brieven subsidies ministeries regelingen overheid overheden gemeente \
    gemeentelijke openbaarheid openbare gesprekken ambtenaren gezocht gelopen vraagt gemaakt categorieën provincies \
    musea kinderen steden leden wegen toeslagen bijlagen huisje boompjes koninkje grootste belastingdienst \
    gegevensbeschermingsautoriteit verantwoordelijkheden wetenschappelijk zichtbaar lopend schrijvers werkster kinderopvangtoeslagen onderzoeksrapporten e-mailadres 1.250.000 b.v. Wooverzoeken \
    paardebloem aktie nota_05-01-23 voorgesteld. Nieuwe zin\n\nNieuwe alinea";

pub(crate) fn fingerprint() -> String {
    static ONCE: OnceLock<String> = OnceLock::new();
    ONCE.get_or_init(compute).clone()
}

fn compute() -> String {
    let mut hash = Sha256::new_with_prefix(VERSION);
    for list in crate::dictionary::LISTS {
        hash.update(list);
    }
    let mut tokens = tokens(SAMPLE);
    while tokens.advance() {
        let t = tokens.token();
        hash.update(format!(
            "{:?} {:?} {} {} {} {:?}\n",
            t.kind, t.stream, t.position, t.from, t.to, t.term
        ));
    }
    let mut hex = String::new();
    push_hex(&mut hex, &hash.finalize());
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When this fails, every index has to be made anew: change it knowingly, and say so in the change log.
    #[test]
    fn the_terms_of_an_existing_index_have_not_changed() {
        assert_eq!(
            fingerprint(),
            "ba249fe799d8f70dec248032491ec6d5a52680227f7be639a94e074c1beff463"
        );
    }
}
