//! The drawings. Colours come from the style sheet, so that they follow the theme.

use leptos::prelude::*;

/// The sign of the product: a latchkey on a door.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-door" width="32" height="32" rx="9" />
            <g class="mark-key">
                <circle cx="16" cy="10.5" r="4.5" />
                <path d="M16 15v11M16 21h4M16 26h5" />
            </g>
        </svg>
    }
}

/// A key that hangs on its nail. The style sheet sizes it for where it hangs.
#[component]
pub fn UprightKey() -> impl IntoView {
    view! {
        <svg class="key" viewBox="0 0 64 132" aria-hidden="true">
            <g class="brass">
                <circle cx="32" cy="32" r="24" />
                <circle cx="32" cy="24" r="5" />
                <path d="M32 56v70M32 98h16M32 126h22M32 112h10" />
            </g>
        </svg>
    }
}

/// A session told as a key: the bow is the sign-in, every tooth a refresh, the tip the sign-out.
#[component]
pub fn KeyStory() -> impl IntoView {
    view! {
        <section class="story door" aria-label="How a session goes">
            <svg class="story-key" viewBox="0 0 1000 124" aria-hidden="true">
                <g class="brass">
                    <circle cx="60" cy="62" r="50" />
                    <circle cx="40" cy="62" r="10" />
                    <path d="M110 62H940M940 50v24" />
                    <path d="M300 62v22M372 62v34M444 62v22M516 62v34M588 62v22M660 62v34M732 62v22" />
                </g>
            </svg>
            <ol>
                <li>
                    <h2>"You sign in"</h2>
                    <p class="door-soft">"Once, with your password."</p>
                </li>
                <li>
                    <h2>"Latchkey keeps you in"</h2>
                    <p class="door-soft">
                        "Shortly before your access runs out it is renewed, with no reload and no \
                         second login."
                    </p>
                </li>
                <li>
                    <h2>"You sign out"</h2>
                    <p class="door-soft">"That session is over at once."</p>
                </li>
            </ol>
        </section>
    }
}
