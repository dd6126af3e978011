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

    /// Gives `each` the sets of at least `least` rows, each ascending.
    pub fn sets<E>(
        &mut self,
        least: usize,
        mut each: impl FnMut(&[u32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let rows = u32::try_from(self.parent.len()).unwrap_or(u32::MAX);
        for row in 0..rows {
            self.parent[row as usize] = self.root(row);
        }
        // Most rows are alone: only the others are worth a list.
        let mut sizes = vec![0_u8; self.parent.len()];
        for &root in &self.parent {
            sizes[root as usize] = sizes[root as usize].saturating_add(1);
        }
        let wanted = |row: &u32| usize::from(sizes[self.parent[*row as usize] as usize]) >= least;
        let mut members: Vec<u32> = (0..rows).filter(wanted).collect();
        members.sort_by_key(|&row| self.parent[row as usize]);
        members
            .chunk_by(|a, b| self.parent[*a as usize] == self.parent[*b as usize])
            .try_for_each(&mut each)
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
        let sets = |union: &mut Union, least: usize| {
            let mut all: Vec<Vec<u32>> = Vec::new();
            let _: Result<(), ()> = union.sets(least, |set| {
                all.push(set.to_vec());
                Ok(())
            });
            all
        };
        assert_eq!(sets(&mut union, 1), [vec![0], vec![1, 4, 5], vec![2, 3]]);
        assert_eq!(sets(&mut union, 2), [vec![1, 4, 5], vec![2, 3]]);
    }
}
