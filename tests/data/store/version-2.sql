-- A store as version 2 of its schema left it, two nights in it, the second with a fact.
CREATE TABLE rerank_about (
	name VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "rerank_about" VALUES('schema_version','2');
CREATE TABLE rerank_target (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);
INSERT INTO "rerank_target" VALUES(1,'siliconflow');
CREATE TABLE rerank_roster (
	id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	clauses TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (sha256)
);
INSERT INTO "rerank_roster" VALUES(1,'abf58a3b63df1fe465c33005f15df8c34b9bb8d507c0d54e00829df9abc29716','[["request.field0.maximum","MUST","`field0` is not above 80.","#"],["request.field1.maximum","MUST","`field1` is not above 80.","#"],["request.field2.maximum","MUST","`field2` is not above 80.","#"]]');
CREATE TABLE rerank_factset (
	id INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	facts TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (sha256)
);
INSERT INTO "rerank_factset" VALUES(1,'02139748636914ee114ba7da19484d9f302d2248632f2d2ece059155a73e2bd9','[{"kind":"header","place":"x-cache","documented":false,"value":null}]');
CREATE TABLE rerank_run (
	id INTEGER NOT NULL,
	uid VARCHAR(64) NOT NULL,
	target_id INTEGER NOT NULL,
	base_url TEXT NOT NULL,
	contract TEXT NOT NULL,
	contract_version TEXT NOT NULL,
	contract_sha256 VARCHAR(64) NOT NULL,
	suite_version TEXT NOT NULL,
	profile TEXT NOT NULL,
	seed TEXT NOT NULL,
	started_ms BIGINT NOT NULL,
	duration_ms BIGINT NOT NULL,
	requests INTEGER NOT NULL,
	exit_code INTEGER NOT NULL,
	notice TEXT NOT NULL,
	p50_ms FLOAT,
	p95_ms FLOAT,
	p99_ms FLOAT,
	answers INTEGER NOT NULL,
	roster_id INTEGER NOT NULL,
	outcomes TEXT NOT NULL,
	factset_id INTEGER,
	scores TEXT,
	PRIMARY KEY (id),
	UNIQUE (uid),
	FOREIGN KEY(target_id) REFERENCES rerank_target (id),
	FOREIGN KEY(roster_id) REFERENCES rerank_roster (id),
	FOREIGN KEY(factset_id) REFERENCES rerank_factset (id)
);
INSERT INTO "rerank_run" VALUES(1,'siliconflow-night-0000',1,'https://api.example/v1','siliconflow','1.0.0','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','0.1.0','nightly','0',1772330400000,12500,200,0,'',100.0,200.0,300.0,50,1,'ppk',NULL,NULL);
INSERT INTO "rerank_run" VALUES(2,'siliconflow-night-0001',1,'https://api.example/v1','siliconflow','1.0.0','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','0.1.0','nightly','0',1772416800000,12500,200,1,'',101.0,200.0,300.0,50,1,'pfk',1,'[]');
CREATE TABLE rerank_finding (
	run_id INTEGER NOT NULL,
	requirement TEXT NOT NULL,
	verdict VARCHAR(32) NOT NULL,
	detail TEXT NOT NULL,
	PRIMARY KEY (run_id, requirement),
	FOREIGN KEY(run_id) REFERENCES rerank_run (id)
);
INSERT INTO "rerank_finding" VALUES(1,'request.field2.maximum','known_deviation','what was said of 2 in night 0');
INSERT INTO "rerank_finding" VALUES(2,'request.field1.maximum','fail','what was said of 1 in night 1');
INSERT INTO "rerank_finding" VALUES(2,'request.field2.maximum','known_deviation','what was said of 2 in night 1');
CREATE INDEX rerank_run_of_target ON rerank_run (target_id, started_ms);
CREATE INDEX rerank_run_started ON rerank_run (started_ms);
CREATE INDEX rerank_finding_of_requirement ON rerank_finding (requirement);
