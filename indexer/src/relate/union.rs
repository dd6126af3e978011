//! Sets of rows that grow together (union-find with path halving). Never knows what the rows are.

/// Which rows belong together.
pub(super) struct Union {
    parent: Vec<u32>,
}

impl Union {
    /// `rows` rows, each alone.
    pub fn new(rows: u32) -> Self {
        Union {
            parent: (0..rows).collect(),
        }
    }

    /// The row that stands for the set of `row`: its lowest.
    pub fn root(&mut self, mut row: u32) -> u32 {
        while self.parent[row as usize] != row {
            let above = self.parent[row as usize];
            self.parent[row as usize] = self.parent[above as usize];
            row = self.parent[row as usize];
        }
        row
    }

    /// Joins the sets of two rows.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The sets among `rows`, each ascending.
    pub fn sets(&mut self, rows: impl Iterator<Item = u32>) -> Vec<Vec<u32>> {
        let mut all: Vec<(u32, u32)> = rows.map(|row| (self.root(row), row)).collect();
        all.sort_unstable();
        all.chunk_by(|a, b| a.0 == b.0)
            .map(|set| set.iter().map(|(_, row)| *row).collect())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_is_one_set() {
        let mut union = Union::new(6);
        union.join(4, 1);
        union.join(5, 4);
        union.join(2, 3);
        assert_eq!(union.sets(0..6), [vec![0], vec![1, 4, 5], vec![2, 3]]);
    }
}
