CREATE TABLE calls (
    account character varying(64) NOT NULL,
    kind character varying(20) NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE history (
    number integer NOT NULL,
    account character varying(64) NOT NULL,
    id character varying(200) NOT NULL,
    at double precision NOT NULL,
    state character varying(20) NOT NULL,
    note text NOT NULL,
    log_id character varying(80)
);
CREATE SEQUENCE history_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE history_number_seq OWNED BY history.number;
CREATE TABLE ledger_version (
    version integer NOT NULL
);
CREATE TABLE outbox (
    number integer NOT NULL,
    account character varying(64) NOT NULL,
    id character varying(200) NOT NULL,
    notifier text NOT NULL,
    event text NOT NULL
);
CREATE SEQUENCE outbox_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE outbox_number_seq OWNED BY outbox.number;
CREATE TABLE posts (
    account character varying(64) NOT NULL,
    id character varying(200) NOT NULL,
    content text NOT NULL,
    state character varying(20) NOT NULL,
    version integer NOT NULL,
    mode character varying(10) NOT NULL,
    size_bytes integer,
    media_version text,
    publish_id character varying(64),
    upload_url text,
    url_expires_at double precision,
    acknowledged integer NOT NULL,
    post_ids text NOT NULL,
    privacy_level character varying(40),
    failure text,
    tries integer NOT NULL,
    next_at double precision,
    owner text,
    owned_until double precision NOT NULL,
    created_at double precision NOT NULL,
    updated_at double precision NOT NULL
);
ALTER TABLE ONLY history ALTER COLUMN number SET DEFAULT nextval('history_number_seq'::regclass);
ALTER TABLE ONLY outbox ALTER COLUMN number SET DEFAULT nextval('outbox_number_seq'::regclass);
SELECT pg_catalog.setval('history_number_seq', 13, true);
SELECT pg_catalog.setval('outbox_number_seq', 13, true);
ALTER TABLE ONLY history
    ADD CONSTRAINT history_pkey PRIMARY KEY (number);
ALTER TABLE ONLY outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (number);
ALTER TABLE ONLY posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (account, id);
CREATE INDEX calls_in_window ON calls USING btree (account, kind, at);
CREATE INDEX history_of_post ON history USING btree (account, id);
