//! Worlds that have the same future are written in the same way.

use super::{
    scenario::Scenario,
    world::{Answer, Call, Life, Load, Mind, Person, Refresh, Row, Token, World},
};

impl World {
    /// The same world for all that can happen from now on, written in one way.
    pub fn canonical(mut self, scenario: &Scenario) -> Self {
        for of in [Person::Ada, Person::Bob] {
            let life = self.row(of).life;
            if let Life::Over { .. } = life {
                // Whatever is presented of it is refused.
                *self.row_mut(of) = Row { life, robbed: self.row(of).robbed, ..Row::opened() };
                self.each_token(of, |token| token.behind = 0);
            }
        }
        self.dull_refusals();
        if !scenario.restore {
            self.dull_access();
        }
        if !scenario.trust {
            for tab in &mut self.tabs {
                tab.mind = Mind { refuted: 0, untried: false, ..tab.mind };
            }
        }
        self.orphans.sort_unstable_by(|one, other| other.cmp(one));
        if scenario.alike {
            self.tabs[..scenario.tabs].sort_unstable();
        }
        self
    }

    /// Whoever has ended a session is out rightly, whenever the refusal arrives.
    fn dull_refusals(&mut self) {
        let rightly = self.rows.map(Row::ended_rightly);
        for tab in &mut self.tabs {
            if let Refresh::Answered { answer: Answer::Refused { of }, .. } = &mut tab.refresh {
                *of = of.filter(|person| !rightly[*person as usize]);
            }
        }
    }

    /// An access token shows that the client holds the current generation, or it shows nothing.
    fn dull_access(&mut self) {
        let mut dull = |access: &mut Token| access.behind = access.behind.min(1);
        self.jar.access.iter_mut().for_each(&mut dull);
        for tab in &mut self.tabs {
            if let Call::Sent { access, .. } = &mut tab.call {
                access.iter_mut().for_each(&mut dull);
            }
        }
        if let Load::Answered { answer: Answer::Given { access, refresh: false }, .. } =
            &mut self.load
        {
            dull(access);
        }
    }
}
