//! Random numbers that are the same on every machine and in every version.

/// A generator (SplitMix64), quick and even enough for test data.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number of 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to 1, the latter excluded.
    pub fn unit(&mut self) -> f64 {
        // 53 bits fit a double exactly.
        let bits = u32::try_from(self.bits() >> 32).unwrap_or_default();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// A number below `bound`, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % bound).unwrap_or_default()
    }

    /// A number below `bound`: with a `skew` of 1 each as often, the larger it is the more
    /// often small ones.
    pub fn skewed(&mut self, bound: usize, skew: f64) -> usize {
        let share = self.unit().powf(skew);
        let bound = u32::try_from(bound).unwrap_or(u32::MAX);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number that fits"
        )]
        let index = (share * f64::from(bound)) as usize;
        index
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of `values`, each as often as the others.
    pub fn pick(&mut self, values: &[&'static str]) -> &'static str {
        let index = self.below(values.len());
        values.get(index).copied().unwrap_or_default()
    }

    /// One of `values`, the first ones much more often than the last.
    pub fn pick_skewed(&mut self, values: &[&'static str]) -> &'static str {
        let index = self.skewed(values.len(), 2.0);
        values.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(numbers(92), numbers(92));
        assert_ne!(numbers(92), numbers(93));
    }

    #[test]
    fn small_numbers_come_more_often_when_skewed() {
        let mut random = Random::new(1);
        let small = (0..1_000).filter(|_| random.skewed(100, 3.0) < 10).count();
        assert!((350..600).contains(&small), "{small}");
    }
}
