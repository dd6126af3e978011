//! What a sample says of everything that it was drawn from: the share with its exact 95 % interval (Clopper-Pearson).
//! Counts only what was judged; never guesses the rest.

use serde::Serialize;
use utoipa::ToSchema;

/// What may lie outside the interval at each end.
const TAIL: f64 = 0.025;
/// Halvings until the interval is as exact as a number can be.
const STEPS: usize = 60;

/// Wat een steekproef zegt over alles waar ze uit getrokken is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Schatting {
    /// Documenten waaruit getrokken is.
    pub omvang: u64,
    /// Als relevant beoordeeld.
    pub relevant: u64,
    /// Als niet relevant beoordeeld.
    pub niet_relevant: u64,
    /// Niet te bepalen; die tellen niet mee in de schatting.
    pub niet_te_bepalen: u64,
    /// Nog te beoordelen; zolang die er zijn, is de schatting voorlopig.
    pub nog_te_beoordelen: u64,
    /// De schatting; leeg zolang niets beoordeeld is.
    pub uitkomst: Option<Uitkomst>,
}

impl Schatting {
    /// Documents that were drawn.
    pub fn getrokken(&self) -> u64 {
        self.beoordeeld() + self.nog_te_beoordelen
    }

    /// Drawn documents that somebody judged, if only as undecidable.
    pub fn beoordeeld(&self) -> u64 {
        self.relevant + self.niet_relevant + self.niet_te_bepalen
    }
}

/// Het aandeel relevante documenten, met het interval van 95 % (Clopper-Pearson).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SchattingUitkomst)]
pub struct Uitkomst {
    /// Het aandeel, van 0 tot en met 1.
    pub aandeel: f64,
    /// De ondergrens.
    pub aandeel_van: f64,
    /// De bovengrens.
    pub aandeel_tot: f64,
    /// Geschat aantal relevante documenten: bij precisie van de treffers, bij elusie wat gemist is.
    pub documenten: u64,
    /// De ondergrens; nooit minder dan er gezien zijn.
    pub documenten_van: u64,
    /// De bovengrens; nooit meer dan er zonder de niet relevante over zijn.
    pub documenten_tot: u64,
}

/// Estimates from `relevant` of `judged` documents, drawn from `population`; nothing from nothing.
pub fn uitkomst(relevant: u64, judged: u64, population: u64) -> Option<Uitkomst> {
    if judged == 0 {
        return None;
    }
    let (low, high) = interval(relevant, judged);
    let share = relevant as f64 / judged as f64;
    let most = population.saturating_sub(judged - relevant);
    let of = |share: f64| (share * population as f64).clamp(relevant as f64, most as f64);
    Some(Uitkomst {
        aandeel: share,
        aandeel_van: low,
        aandeel_tot: high,
        documenten: of(share).round() as u64,
        documenten_van: of(low).floor() as u64,
        documenten_tot: of(high).ceil() as u64,
    })
}

/// The shares between which the true one lies in at least 95 of 100 samples.
pub fn interval(hits: u64, of: u64) -> (f64, f64) {
    let low = match hits {
        0 => 0.0,
        // So small a share that this many hits are too many.
        hits => bisect(|share| 1.0 - at_most(hits - 1, of, share) > TAIL),
    };
    let high = match hits == of {
        true => 1.0,
        // So large a share that this few hits are too few.
        false => bisect(|share| at_most(hits, of, share) < TAIL),
    };
    (low, high)
}

/// The smallest share for which `over` holds, when it holds for all larger ones.
fn bisect(over: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        match over(middle) {
            true => high = middle,
            false => low = middle,
        }
    }
    high
}

/// The chance of at most `hits` among `of` when the share is `share`, between 0 and 1.
fn at_most(hits: u64, of: u64, share: f64) -> f64 {
    let (mut ways, mut sum) = (0.0_f64, 0.0);
    for count in 0..=hits {
        let rest = (of - count) as f64;
        sum += (ways + count as f64 * share.ln() + rest * (-share).ln_1p()).exp();
        ways += (rest / (count + 1) as f64).ln();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn the_interval_is_that_of_the_tables() {
        // As binom.test of R gives them.
        for (hits, of, low, high) in [
            (0, 100, 0.0, 0.036_216_69),
            (5, 100, 0.016_431_87, 0.112_834_9),
            (10, 20, 0.271_957_8, 0.728_042_2),
            (1, 10, 0.002_528_579, 0.445_016_1),
            (100, 100, 0.963_783_3, 1.0),
            (0, 1, 0.0, 0.975),
        ] {
            let found = interval(hits, of);
            assert!(
                near(found.0, low) && near(found.1, high),
                "{hits}/{of}: {found:?}"
            );
        }
    }

    #[test]
    fn it_holds_in_at_least_95_of_100_samples() {
        let of = 30;
        let intervals: Vec<_> = (0..=of).map(|hits| interval(hits, of)).collect();
        for share in (1..200).map(|part| f64::from(part) / 200.0) {
            let chance = |hits: u64| match hits {
                0 => at_most(0, of, share),
                hits => at_most(hits, of, share) - at_most(hits - 1, of, share),
            };
            let held = (0..=of).filter(|hits| {
                let (low, high) = intervals[*hits as usize];
                (low..=high).contains(&share)
            });
            let covered: f64 = held.map(chance).sum();
            assert!(covered >= 0.95 - 1e-9, "{share}: {covered}");
        }
    }

    #[test]
    fn a_large_sample_is_as_exact_as_a_small_one() {
        let (low, high) = interval(0, 10_000);
        assert!(
            near(low, 0.0) && near(high, 1.0 - 0.025_f64.powf(1e-4)),
            "{high}"
        );
        let (low, high) = interval(5_000, 10_000);
        assert!(
            near(low + high, 1.0) && (0.0097..0.0099).contains(&(high - 0.5)),
            "{low} {high}"
        );
    }

    #[test]
    fn the_number_missed_is_never_less_than_was_seen_nor_more_than_is_left() {
        let found = uitkomst(2, 100, 10_000).expect("judged");
        assert_eq!(found.documenten, 200);
        assert_eq!((found.documenten_van, found.documenten_tot), (24, 704));
        // Everything was judged: then it is known.
        let all = uitkomst(3, 10, 10).expect("judged");
        assert_eq!(
            (all.documenten_van, all.documenten, all.documenten_tot),
            (3, 3, 3)
        );
        assert_eq!(uitkomst(0, 0, 10), None);
    }
}
