//! The table of variables: the one place that says which exist, what they mean and what holds when
//! they are unset. `docs/configuration.md` and `.env.example` are generated from it.

/// What holds when a variable is unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The service does not start.
    Required,
    /// Nothing; the meaning says what follows.
    Unset,
    /// This value.
    Value(&'static str),
}

/// A variable of the environment.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is unset.
    pub fallback: Fallback,
    /// What `.env.example` sets it to: the default, a placeholder that parses, or nothing.
    pub example: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Variables that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The headline.
    pub title: &'static str,
    /// The variables, in the order of the documents.
    pub variables: &'static [Variable],
}

const fn required(name: &'static str, example: &'static str, meaning: &'static str) -> Variable {
    let fallback = Fallback::Required;
    Variable {
        name,
        fallback,
        example,
        meaning,
    }
}

const fn unset(name: &'static str, meaning: &'static str) -> Variable {
    let (fallback, example) = (Fallback::Unset, "");
    Variable {
        name,
        fallback,
        example,
        meaning,
    }
}

const fn default(name: &'static str, value: &'static str, meaning: &'static str) -> Variable {
    let fallback = Fallback::Value(value);
    Variable {
        name,
        fallback,
        example: value,
        meaning,
    }
}

/// Every variable of this version.
pub const GROUPS: &[Group] = &[
    Group {
        title: "Database",
        variables: &[
            required(
                "DB_URL",
                "private",
                "PostgreSQL URL (postgres://user:password@host/database), or `private`: a server of the service's own on this machine, refused in production. A pooled endpoint (Neon's `-pooler` host) needs DB_DIRECT_URL beside it, and PgBouncer 1.21 or newer. Secret.",
            ),
            unset(
                "DATABASE_URL",
                "Read when DB_URL is unset; the same values. Secret.",
            ),
            unset(
                "DB_DIRECT_URL",
                "PostgreSQL URL for migrations: the direct endpoint beside a pooled DB_URL, or a role that may change the schema. Unset: DB_URL. Secret.",
            ),
            unset(
                "PG_BIN_DIR",
                "With DB_URL=private: the directory of PostgreSQL's server programs. Unset: found by pg_config, PATH and the usual places.",
            ),
        ],
    },
    Group {
        title: "Contact2Sale, the CRM",
        variables: &[
            required(
                "C2S_TOKEN",
                "placeholder-c2s-token",
                "Token of the integration API. Secret.",
            ),
            default(
                "C2S_BASE_URL",
                "https://api.contact2sale.com",
                "Where the CRM is; `/integration` is appended.",
            ),
            default(
                "C2S_TIMEOUT_SECS",
                "15",
                "Total time of one call, in seconds.",
            ),
        ],
    },
    Group {
        title: "Diretrix, contact to CPF",
        variables: &[
            required(
                "DIRETRIX_USER",
                "placeholder-user",
                "User. Secret: it names the contract.",
            ),
            required("DIRETRIX_PASS", "placeholder-pass", "Password. Secret."),
            default(
                "DIRETRIX_BASE_URL",
                "http://api.diretrixconsultoria.com.br",
                "Where Diretrix is.",
            ),
            default(
                "DIRETRIX_TIMEOUT_SECS",
                "15",
                "Total time of one call, in seconds.",
            ),
            default(
                "PRICE_DIRETRIX_CENTAVOS",
                "0",
                "Price of a hit or a miss, in centavos.",
            ),
        ],
    },
    Group {
        title: "Work API, CPF to profile",
        variables: &[
            required("WORK_API", "placeholder-work-api-token", "Token. Secret."),
            default(
                "WORK_API_BASE_URL",
                "https://completa.workbuscas.com",
                "Where Work API is; `/api` is appended.",
            ),
            default(
                "WORK_API_TIMEOUT_SECS",
                "60",
                "Total time of one call, in seconds.",
            ),
            default(
                "WORK_API_PACE_MS",
                "0",
                "Least time between the starts of two calls, in milliseconds.",
            ),
            default(
                "PRICE_WORK_API_CENTAVOS",
                "0",
                "Price of a hit or a miss, in centavos.",
            ),
        ],
    },
    Group {
        title: "Server",
        variables: &[
            default(
                "HOST",
                "127.0.0.1",
                "Address listened on: an IP address or `localhost`. Behind anything but a loopback address, set API_KEYS.",
            ),
            default("PORT", "8081", "Port listened on; 0 takes any free one."),
            default(
                "APP_ENV",
                "development",
                "`development` or `production`. In production `.env` is not read, PRIVACY_KEY is required, DB_URL=private is refused, and `migrate` checks all of the configuration before it changes anything.",
            ),
            default(
                "RUST_LOG",
                "info",
                "Level of our own log: off, error, warn, info, debug, trace, or a list such as `info,rust_c2s_api=debug`. Dependencies log at info at most, whatever it says.",
            ),
            default("LOG_FORMAT", "text", "`text` or `json`, one object a line."),
            unset(
                "METRICS_ADDR",
                "A second address, such as 127.0.0.1:9091, that answers GET /metrics and nothing else, without a key: for a scraper on a private network. Not the service's own. Unset: none; /metrics of the service stays, for keys with the scope metrics.",
            ),
        ],
    },
    Group {
        title: "Access",
        variables: &[
            unset(
                "API_KEYS",
                "Keys of callers: `name:scopes:key` separated by `;`, scopes out of trigger, read, admin, metrics joined by `+`, keys of 16 characters or more. Unset on a public address: only the masked trigger, /health and /ready answer. Secret.",
            ),
            default(
                "TRIGGER_ANONYMOUS",
                "false",
                "`true`: GET /api/v1/leads/process also answers without a key, with masked CPFs.",
            ),
            default(
                "RATE_LIMIT_PER_SEC",
                "100",
                "Requests per second of one key or client address.",
            ),
            default(
                "RATE_LIMIT_BURST",
                "200",
                "Requests of one key or client address at once.",
            ),
            unset(
                "TRUST_PROXY",
                "`fly`: the client's address is the header Fly-Client-IP. Unset: the peer's address.",
            ),
            unset(
                "CORS_ORIGINS",
                "Origins whose pages may call and read answers in a browser, separated by commas, such as https://painel.example.com: scheme, host and port as the browser sends them. It gives no right: a page needs a key where any caller does. Unset: none.",
            ),
        ],
    },
    Group {
        title: "Analytics",
        variables: &[default(
            "ANALYTICS_REFRESH_SECS",
            "900",
            "Seconds between two refreshes of the views that marketing reads; one of which nothing has changed is skipped. 0: only by `rust-c2s-api analytics refresh`, and when code asks.",
        )],
    },
    Group {
        title: "How leads are worked on",
        variables: &[
            default(
                "RETRY_BASE_MS",
                "1000",
                "Backoff of the first retry, in milliseconds.",
            ),
            default(
                "RETRY_MAX_MS",
                "900000",
                "Longest backoff, in milliseconds.",
            ),
            default(
                "RETRY_MAX_ATTEMPTS",
                "20",
                "Failures of a lead after which it is given up.",
            ),
            default(
                "LEASE_SECS",
                "60",
                "An instance silent for so many seconds loses its leads to another.",
            ),
            default(
                "CRASH_MAX",
                "20",
                "Crashes of a lead in a row after which it is given up. They spend no attempt; after two of them it runs alone.",
            ),
            unset(
                "UPSTREAM_CONCURRENCY",
                "Calls in flight per upstream and process. Unset: 4 for Work API, 16 for the others.",
            ),
            default(
                "DEDUP_TTL_SECS",
                "300",
                "Seconds for which a finished lead answers a repeated trigger.",
            ),
            default(
                "PROCESS_WAIT_SECS",
                "25",
                "Seconds a caller waits for a run, 0 to 25.",
            ),
            default(
                "FRESH_DAYS",
                "30",
                "Days for which a paid answer is used again; a provider's \"nobody\" for 7 of them at most.",
            ),
        ],
    },
    Group {
        title: "Who a lead is",
        variables: &[
            default(
                "IDENTITY_ACCEPT_SCORE",
                "70",
                "A person with this score or more, of 100, is accepted. Higher: more reviews. No value accepts what the rules forbid, such as another first name.",
            ),
            default(
                "IDENTITY_REVIEW_SCORE",
                "30",
                "With this score or more, and less than IDENTITY_ACCEPT_SCORE, a person decides; below it the lead is unidentified.",
            ),
        ],
    },
    Group {
        title: "Alerts",
        variables: &[unset(
            "ALERT_WEBHOOK_URL",
            "Where a person is told of a lead that no retry mends (`delivery_unknown`, `crashed_too_often`, `not_corrected`), and once a day at most of reviews that wait (`reviews_waiting`, of no lead in particular): a POST of JSON with `text`, `alert`, `lead_id` (or null) and `service`, as a chat's incoming webhook takes it. Unset: the log and the metrics tell. Secret: its path is its key.",
        )],
    },
    Group {
        title: "The message to the broker",
        variables: &[
            default(
                "INCOME_MULTIPLIER",
                "1.0",
                "Scales the income shown; any value but 1 is labelled \"estimada\".",
            ),
            unset(
                "MESSAGE_FIELDS",
                "Parts of the message, separated by commas: personal, financial, emails, phones, addresses, companies. Unset: all. Name and CPF always stay.",
            ),
            default(
                "NOTE_WHEN_UNSURE",
                "false",
                "`true`: a lead that waits for a review, or behind whose contacts nobody is known, gets one short note without personal data.",
            ),
        ],
    },
    Group {
        title: "Data protection",
        variables: &[
            unset(
                "PRIVACY_KEY",
                "Key of the hashes by which contacts and CPFs are remembered, 16 bytes or more. Required in production; elsewhere one is generated once and kept in the database. Secret.",
            ),
            default(
                "LGPD_PURPOSE",
                "Qualificar o contato de quem pediu atendimento imobiliário",
                "Purpose of a lookup (LGPD art. 6 I), recorded with each.",
            ),
            default(
                "LGPD_LEGAL_BASIS",
                "Legítimo interesse do controlador (LGPD, art. 7º, IX)",
                "Legal basis of a lookup (LGPD art. 7), recorded with each.",
            ),
        ],
    },
];

/// Variables of the contract whose feature this version does not have. Set, they are refused: a
/// budget that is ignored would spend money.
pub const NOT_BUILT: &[&str] = &[
    "BUDGET_DAY_CENTAVOS",
    "BUDGET_MONTH_CENTAVOS",
    "WEBHOOK_SECRET",
    "GOOGLE_ADS_WEBHOOK_KEY",
    "C2S_DEFAULT_SELLER_ID",
    "RETENTION_DAYS",
];

/// Every variable of this version, in order.
pub fn all() -> impl Iterator<Item = &'static Variable> {
    GROUPS.iter().flat_map(|group| group.variables)
}

/// The variable of a name.
pub(super) fn find(name: &str) -> Option<&'static Variable> {
    all().find(|variable| variable.name == name)
}

#[cfg(test)]
#[path = "variables_tests.rs"]
mod tests;
