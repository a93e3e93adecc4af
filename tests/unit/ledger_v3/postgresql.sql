CREATE TABLE ledger_calls (
    account character varying NOT NULL COLLATE pg_catalog."C",
    kind character varying NOT NULL COLLATE pg_catalog."C",
    at double precision NOT NULL
);
CREATE TABLE ledger_caps (
    account character varying NOT NULL COLLATE pg_catalog."C",
    mode character varying NOT NULL COLLATE pg_catalog."C",
    until double precision NOT NULL
);
CREATE TABLE ledger_history (
    number bigint NOT NULL,
    account character varying NOT NULL COLLATE pg_catalog."C",
    id character varying NOT NULL COLLATE pg_catalog."C",
    at double precision NOT NULL,
    state character varying NOT NULL COLLATE pg_catalog."C",
    note character varying NOT NULL COLLATE pg_catalog."C",
    log_id character varying COLLATE pg_catalog."C",
    asked character varying COLLATE pg_catalog."C",
    answered character varying COLLATE pg_catalog."C"
);
CREATE SEQUENCE ledger_history_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE ledger_history_number_seq OWNED BY ledger_history.number;
CREATE TABLE ledger_names (
    publish_id character varying NOT NULL COLLATE pg_catalog."C",
    account character varying NOT NULL COLLATE pg_catalog."C",
    id character varying NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE ledger_outbox (
    number bigint NOT NULL,
    account character varying NOT NULL COLLATE pg_catalog."C",
    id character varying NOT NULL COLLATE pg_catalog."C",
    notifier character varying NOT NULL COLLATE pg_catalog."C",
    event character varying NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE ledger_outbox_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE ledger_outbox_number_seq OWNED BY ledger_outbox.number;
CREATE TABLE ledger_posts (
    account character varying NOT NULL COLLATE pg_catalog."C",
    id character varying NOT NULL COLLATE pg_catalog."C",
    content character varying NOT NULL COLLATE pg_catalog."C",
    state character varying NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    mode character varying NOT NULL COLLATE pg_catalog."C",
    size_bytes bigint,
    media_version character varying COLLATE pg_catalog."C",
    publish_id character varying COLLATE pg_catalog."C",
    upload_url character varying COLLATE pg_catalog."C",
    url_expires_at double precision,
    acknowledged bigint NOT NULL,
    post_ids character varying NOT NULL COLLATE pg_catalog."C",
    privacy_level character varying COLLATE pg_catalog."C",
    failure character varying COLLATE pg_catalog."C",
    tries integer NOT NULL,
    next_at double precision,
    owner character varying COLLATE pg_catalog."C",
    owned_until double precision NOT NULL,
    created_at double precision NOT NULL,
    updated_at double precision NOT NULL
);
CREATE TABLE ledger_version (
    version integer NOT NULL
);
ALTER TABLE ONLY ledger_history ALTER COLUMN number SET DEFAULT nextval('ledger_history_number_seq'::regclass);
ALTER TABLE ONLY ledger_outbox ALTER COLUMN number SET DEFAULT nextval('ledger_outbox_number_seq'::regclass);
ALTER TABLE ONLY ledger_caps
    ADD CONSTRAINT ledger_caps_pkey PRIMARY KEY (account, mode);
ALTER TABLE ONLY ledger_history
    ADD CONSTRAINT ledger_history_pkey PRIMARY KEY (number);
ALTER TABLE ONLY ledger_names
    ADD CONSTRAINT ledger_names_pkey PRIMARY KEY (publish_id);
ALTER TABLE ONLY ledger_outbox
    ADD CONSTRAINT ledger_outbox_pkey PRIMARY KEY (number);
ALTER TABLE ONLY ledger_posts
    ADD CONSTRAINT ledger_posts_pkey PRIMARY KEY (account, id);
CREATE INDEX ledger_calls_in_window ON ledger_calls USING btree (account, kind, at);
CREATE INDEX ledger_history_of_post ON ledger_history USING btree (account, id, number);
CREATE INDEX ledger_posts_by_id ON ledger_posts USING btree (id);
SELECT pg_catalog.setval('ledger_history_number_seq', 9, true);
SELECT pg_catalog.setval('ledger_outbox_number_seq', 18, true);
