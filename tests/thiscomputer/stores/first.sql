-- A store as the first release left it: one job ended, one with problems, one over referred files, one in the middle.
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE batches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    job_id TEXT,
    created REAL NOT NULL
) STRICT;
INSERT INTO "batches" VALUES(1,'held','held','simple-batch','images',NULL,1.79534550800620627407e+09);
INSERT INTO "batches" VALUES(3,'referred','referred','sharded-batch','images',NULL,1.79534550801691770551e+09);
INSERT INTO "batches" VALUES(4,'ended-export','ended','multipart-batch','archives','ended',1795345508.40933);
INSERT INTO "batches" VALUES(5,'ended-refs-export','ended-refs','multipart-batch','archives','ended-refs',1.7953455084399414063e+09);
INSERT INTO "batches" VALUES(6,'mixed','mixed','simple-batch','images',NULL,1.79534550844948220249e+09);
INSERT INTO "batches" VALUES(8,'problems-export','problems','multipart-batch','archives','problems',1.79534550855099296574e+09);
INSERT INTO "batches" VALUES(9,'many','many','sharded-batch','images',NULL,1.79534550859739017482e+09);
CREATE TABLE ingests (
    batch_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    ingest_id TEXT NOT NULL,
    shard_ids TEXT NOT NULL,
    PRIMARY KEY (batch_id, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO "ingests" VALUES('referred','b42d53581dd4fc1561b87791328e03cfea8697290dca1190bba2d0c9a7ee8ae8','08d69957-629b-4f3f-9a91-6864ca65cb5c','["5100c0ee-3448-4c59-9577-4788938382af"]');
CREATE TABLE items (
    item_id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    shard_id TEXT,
    content TEXT NOT NULL,
    nested TEXT,
    file_id TEXT,
    path BLOB,
    size INTEGER NOT NULL,
    modified REAL NOT NULL,
    UNIQUE (batch_id, part, name),
    CHECK ((file_id IS NULL) <> (path IS NULL))
) STRICT;
INSERT INTO "items" VALUES(1,'held','','0.jpg',NULL,'images',NULL,'df32646fefc64a6e95cdb5437c6d1291',NULL,974,1.79534550800599384309e+09);
INSERT INTO "items" VALUES(2,'held','','1.jpg',NULL,'images',NULL,'a5781c61d9c34381a0c385334674318c',NULL,966,1.79534550801300764083e+09);
INSERT INTO "items" VALUES(3,'referred','','r0.jpg','5100c0ee-3448-4c59-9577-4788938382af','images',NULL,NULL,X'72302E6A7067',975,1.79534550801500892638e+09);
INSERT INTO "items" VALUES(4,'referred','','r1.jpg','5100c0ee-3448-4c59-9577-4788938382af','images',NULL,NULL,X'72312E6A7067',964,1.79534550801536417008e+09);
INSERT INTO "items" VALUES(5,'ended-export','predictions','ended-predictions-001.tar.gz','export-0','archives','metadata','282e7c16a0e74502876a8731f8374848',NULL,578,1.79534550840914916992e+09);
INSERT INTO "items" VALUES(6,'ended-refs-export','predictions','ended-refs-predictions-001.tar.gz','export-0','archives','metadata','c5e41e753bcb452ba82f8cc6ae52992b',NULL,587,1.7953455084398417473e+09);
INSERT INTO "items" VALUES(7,'mixed','','good.png',NULL,'images',NULL,'ab263fb762ae4d5fb68a9578d6b8062a',NULL,743,1.79534550844933915138e+09);
INSERT INTO "items" VALUES(8,'mixed','','bad.jpg',NULL,'images',NULL,'e24a6e41523b4ab68227e0ccf5d48aaa',NULL,8020,1.79534550845963263507e+09);
INSERT INTO "items" VALUES(9,'problems-export','predictions','problems-predictions-001.tar.gz','export-0','archives','metadata','b286c0bdedd5467996cf4b22aa900ea5',NULL,655,1.79534550854991364473e+09);
INSERT INTO "items" VALUES(10,'problems-export','images','problems-images-001.tar.gz','export-0','archives','images','eda0124e634941659b0594523998e168',NULL,8432,1.79534550855089640617e+09);
INSERT INTO "items" VALUES(11,'many','','00.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'99697dfe110c4a269a7e6c2b88697afe',NULL,737,1.795345508635668993e+09);
INSERT INTO "items" VALUES(12,'many','','01.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'aa0048a369c942189dc49b923020f8c4',NULL,734,1.795345508635668993e+09);
INSERT INTO "items" VALUES(13,'many','','02.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'12860c67d88f4ab59bf228022db51c7b',NULL,748,1.795345508635668993e+09);
INSERT INTO "items" VALUES(14,'many','','03.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'41f7de090d794da1955595fa68c7a9ed',NULL,728,1.795345508635668993e+09);
INSERT INTO "items" VALUES(15,'many','','04.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'54eaa0ced2344fc09ebe8315fd5eb154',NULL,758,1.795345508635668993e+09);
INSERT INTO "items" VALUES(16,'many','','05.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'3a9593ef53e94e4db0bb0eed6a368ab5',NULL,727,1.795345508635668993e+09);
INSERT INTO "items" VALUES(17,'many','','06.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'f4a520a88e7d46349d419973655a5d1f',NULL,736,1.795345508635668993e+09);
INSERT INTO "items" VALUES(18,'many','','07.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'22aeb24915de46199edc491494ea7550',NULL,755,1.795345508635668993e+09);
INSERT INTO "items" VALUES(19,'many','','08.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'77515a838c9e443b8a44d00a9dd363a6',NULL,752,1.795345508635668993e+09);
INSERT INTO "items" VALUES(20,'many','','09.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'9d59e69185b648d79ebc41c81f95351f',NULL,755,1.795345508635668993e+09);
INSERT INTO "items" VALUES(21,'many','','10.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'9edc2895da1c4ca29bb063790df775b5',NULL,732,1.795345508635668993e+09);
INSERT INTO "items" VALUES(22,'many','','11.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'05a8d9fa985c4e6f98ab441a8b3acf54',NULL,759,1.795345508635668993e+09);
INSERT INTO "items" VALUES(23,'many','','12.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'7ba8342c53a64c0ca53cf94ea9862eb5',NULL,754,1.795345508635668993e+09);
INSERT INTO "items" VALUES(24,'many','','13.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'e862ce336223423186a684c9366d0f1a',NULL,752,1.795345508635668993e+09);
INSERT INTO "items" VALUES(25,'many','','14.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'be272fc5431843c290d5ea3674a9d1de',NULL,740,1.795345508635668993e+09);
INSERT INTO "items" VALUES(26,'many','','15.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'ac0972eb769149619abf0a464e9e5ef4',NULL,736,1.795345508635668993e+09);
INSERT INTO "items" VALUES(27,'many','','16.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'792c367634c94497a82f873885149d85',NULL,738,1.795345508635668993e+09);
INSERT INTO "items" VALUES(28,'many','','17.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'d57eefb6b33d40baa9395d644e232836',NULL,739,1.795345508635668993e+09);
INSERT INTO "items" VALUES(29,'many','','18.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'547bfd17e556451f9d0608d9f404c383',NULL,740,1.795345508635668993e+09);
INSERT INTO "items" VALUES(30,'many','','19.png','9c523d8b-2661-44da-ad91-711e9f3af56c','images',NULL,'85f28b95480047ac80e6b6938fe7ff95',NULL,734,1.795345508635668993e+09);
CREATE TABLE job_items (
    job_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, position),
    UNIQUE (job_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "job_items" VALUES('middle',0,'00.png',11,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',1,'01.png',12,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',2,'02.png',13,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',3,'03.png',14,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',4,'04.png',15,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',5,'05.png',16,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',6,'06.png',17,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',7,'07.png',18,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',8,'08.png',19,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',9,'09.png',20,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',10,'10.png',21,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',11,'11.png',22,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',12,'12.png',23,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',13,'13.png',24,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',14,'14.png',25,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',15,'15.png',26,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',1);
INSERT INTO "job_items" VALUES('middle',16,'16.png',27,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',0);
INSERT INTO "job_items" VALUES('middle',17,'17.png',28,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',0);
INSERT INTO "job_items" VALUES('middle',18,'18.png',29,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',0);
INSERT INTO "job_items" VALUES('middle',19,'19.png',30,'4e874b16-077f-41e4-957c-e09f1a7d7a1d',0);
INSERT INTO "job_items" VALUES('problems',0,'good.png',7,'9844596b-bd5f-4cf2-9a1f-6cf20e377561',1);
INSERT INTO "job_items" VALUES('problems',1,'bad.jpg',8,'9844596b-bd5f-4cf2-9a1f-6cf20e377561',2);
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    overrides TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL,
    error INTEGER NOT NULL DEFAULT 0,
    notification TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL
) STRICT;
INSERT INTO "jobs" VALUES(1,'ended','ended','{"type": "simple-image-processing-v1", "jobInput": {"type": "staging-batch-input-v1", "batchId": "held"}, "computeConfiguration": {"type": "compute-configuration-v2"}, "processingSpecification": {"type": "workflows-processing-specification-v1", "workspace": "this-computer", "workflowId": "picture-quality", "persistImagesOutputs": true, "aggregationFormat": "jsonl"}}','[]','ended',0,'{"type": "finished", "message": "2 pictures processed.", "resultsBatches": ["ended-export"], "processed": 2, "failed": 0, "total": 2}',1.79534550801981568337e+09,1.79534550840962767604e+09);
INSERT INTO "jobs" VALUES(2,'ended-refs','ended-refs','{"type": "simple-image-processing-v1", "jobInput": {"type": "staging-batch-input-v1", "batchId": "referred"}, "computeConfiguration": {"type": "compute-configuration-v2"}, "processingSpecification": {"type": "workflows-processing-specification-v1", "workspace": "this-computer", "workflowId": "picture-quality", "persistImagesOutputs": false, "aggregationFormat": "jsonl"}}','[]','ended',0,'{"type": "finished", "message": "2 pictures processed.", "resultsBatches": ["ended-refs-export"], "processed": 2, "failed": 0, "total": 2}',1.7953455084227805138e+09,1.79534550844011664394e+09);
INSERT INTO "jobs" VALUES(3,'problems','problems','{"type": "simple-image-processing-v1", "jobInput": {"type": "staging-batch-input-v1", "batchId": "mixed"}, "computeConfiguration": {"type": "compute-configuration-v2"}, "processingSpecification": {"type": "workflows-processing-specification-v1", "workspace": "this-computer", "workflowId": "read-codes", "persistImagesOutputs": true, "aggregationFormat": "jsonl"}}','[]','ended',0,'{"type": "finished", "message": "1 of 2 pictures processed; 1 could not be.", "resultsBatches": ["problems-export"], "processed": 1, "failed": 1, "total": 2}',1.79534550852419686316e+09,1.79534550855118775372e+09);
INSERT INTO "jobs" VALUES(4,'middle','middle','{"type": "simple-image-processing-v1", "jobInput": {"type": "staging-batch-input-v1", "batchId": "many"}, "computeConfiguration": {"type": "compute-configuration-v2"}, "processingSpecification": {"type": "workflows-processing-specification-v1", "workspace": "this-computer", "workflowId": "read-codes", "persistImagesOutputs": false, "aggregationFormat": "jsonl"}}','[]','processing',0,'{"type": "progress", "message": "Waiting to start."}',1.79534550864729690548e+09,1.79534550869505667687e+09);
CREATE TABLE logs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    at REAL NOT NULL,
    stage_id TEXT,
    task_id TEXT,
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
INSERT INTO "logs" VALUES(1,'ended',1.79534550801988625526e+09,NULL,NULL,'info','job-created','{"message": "The job was created."}');
INSERT INTO "logs" VALUES(2,'ended',1.79534550840965294836e+09,NULL,NULL,'info','job-finished','{"message": "2 pictures processed."}');
INSERT INTO "logs" VALUES(3,'ended-refs',1.79534550842282223702e+09,NULL,NULL,'info','job-created','{"message": "The job was created."}');
INSERT INTO "logs" VALUES(4,'ended-refs',1.7953455084401295185e+09,NULL,NULL,'info','job-finished','{"message": "2 pictures processed."}');
INSERT INTO "logs" VALUES(5,'problems',1.79534550852425670627e+09,NULL,NULL,'info','job-created','{"message": "The job was created."}');
INSERT INTO "logs" VALUES(6,'problems',1.79534550853931403153e+09,NULL,'9844596b-bd5f-4cf2-9a1f-6cf20e377561','warning','file-not-processed','{"file": "bad.jpg", "cause": "The file is incomplete: the picture stops half-way."}');
INSERT INTO "logs" VALUES(7,'problems',1.79534550855120062827e+09,NULL,NULL,'info','job-finished','{"message": "1 of 2 pictures processed; 1 could not be."}');
INSERT INTO "logs" VALUES(8,'middle',1.7953455086473615169e+09,NULL,NULL,'info','job-created','{"message": "The job was created."}');
CREATE TABLE parts (
    batch_id TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    nested TEXT,
    description TEXT NOT NULL,
    PRIMARY KEY (batch_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "parts" VALUES('ended-export','predictions','archives','metadata','What was found, one folder a picture, and one table of everything.');
INSERT INTO "parts" VALUES('ended-refs-export','predictions','archives','metadata','What was found, one folder a picture, and one table of everything.');
INSERT INTO "parts" VALUES('problems-export','images','archives','images','The pictures with what was found drawn in.');
INSERT INTO "parts" VALUES('problems-export','predictions','archives','metadata','What was found, one folder a picture, and one table of everything.');
CREATE TABLE results (
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    frame INTEGER NOT NULL,
    outputs TEXT NOT NULL,
    images TEXT NOT NULL,
    cause TEXT,
    seconds REAL,
    PRIMARY KEY (job_id, name, frame)
) STRICT, WITHOUT ROWID;
INSERT INTO "results" VALUES('middle','00.png',-1,'{"count": 1, "text": "code 0", "codes": [{"format": "QR Code", "text": "code 0", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "8bae8995-15c6-5a85-b556-3f3fbb3e3942", "parent_id": "image", "data": "code 0"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','01.png',-1,'{"count": 1, "text": "code 1", "codes": [{"format": "QR Code", "text": "code 1", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "9c93312c-97ad-5724-a5f1-3470adc9f9f7", "parent_id": "image", "data": "code 1"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','02.png',-1,'{"count": 1, "text": "code 2", "codes": [{"format": "QR Code", "text": "code 2", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "674bb3af-f253-538d-a2c1-7bf4dc15fca0", "parent_id": "image", "data": "code 2"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','03.png',-1,'{"count": 1, "text": "code 3", "codes": [{"format": "QR Code", "text": "code 3", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "17a53d28-dd88-525b-9c09-88d27c3229b9", "parent_id": "image", "data": "code 3"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','04.png',-1,'{"count": 1, "text": "code 4", "codes": [{"format": "QR Code", "text": "code 4", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "1de20ae1-4573-5226-9f06-4b385baee159", "parent_id": "image", "data": "code 4"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','05.png',-1,'{"count": 1, "text": "code 5", "codes": [{"format": "QR Code", "text": "code 5", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "a4ac5368-a31c-59cf-a9e2-02fbd47e915a", "parent_id": "image", "data": "code 5"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','06.png',-1,'{"count": 1, "text": "code 6", "codes": [{"format": "QR Code", "text": "code 6", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "ff3f3f4e-5bf8-525c-994e-c0d2196f8e4f", "parent_id": "image", "data": "code 6"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','07.png',-1,'{"count": 1, "text": "code 7", "codes": [{"format": "QR Code", "text": "code 7", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "e0c0ecc2-c51b-5d15-8442-bb3145311b46", "parent_id": "image", "data": "code 7"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','08.png',-1,'{"count": 1, "text": "code 8", "codes": [{"format": "QR Code", "text": "code 8", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "c2b82745-3855-5e20-af1a-0be0c4b51241", "parent_id": "image", "data": "code 8"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','09.png',-1,'{"count": 1, "text": "code 9", "codes": [{"format": "QR Code", "text": "code 9", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "1aae4337-0c82-550e-a016-e16680bef064", "parent_id": "image", "data": "code 9"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','10.png',-1,'{"count": 1, "text": "code 10", "codes": [{"format": "QR Code", "text": "code 10", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "e4130128-e27b-5c8b-a1b8-fffe829736c2", "parent_id": "image", "data": "code 10"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','11.png',-1,'{"count": 1, "text": "code 11", "codes": [{"format": "QR Code", "text": "code 11", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "c43ec2ef-9605-58e2-b0d0-55c73b3ec4dc", "parent_id": "image", "data": "code 11"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','12.png',-1,'{"count": 1, "text": "code 12", "codes": [{"format": "QR Code", "text": "code 12", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "132c5400-9db9-5549-9682-1af7a8717a15", "parent_id": "image", "data": "code 12"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','13.png',-1,'{"count": 1, "text": "code 13", "codes": [{"format": "QR Code", "text": "code 13", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "7ddadd5e-498a-577c-813c-d6b961595ec5", "parent_id": "image", "data": "code 13"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','14.png',-1,'{"count": 1, "text": "code 14", "codes": [{"format": "QR Code", "text": "code 14", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "12ad4569-d8f5-5928-9f83-1663a4a3aaea", "parent_id": "image", "data": "code 14"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('middle','15.png',-1,'{"count": 1, "text": "code 15", "codes": [{"format": "QR Code", "text": "code 15", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "49d995aa-9bc3-5971-82bb-1b0f1423a689", "parent_id": "image", "data": "code 15"}]}, "output_image": "<deducted_image>"}','{}',NULL,NULL);
INSERT INTO "results" VALUES('problems','bad.jpg',-1,'{}','{}','The file is incomplete: the picture stops half-way.',NULL);
INSERT INTO "results" VALUES('problems','good.png',-1,'{"count": 1, "text": "x", "codes": [{"format": "QR Code", "text": "x", "position": [[24, 24], [150, 24], [151, 151], [24, 150]]}], "predictions": {"image": {"width": 174, "height": 174}, "predictions": [{"x": 87.5, "y": 87.5, "width": 127, "height": 127, "confidence": 1.0, "class": "qr_code", "class_id": 0, "detection_id": "081a467d-3101-55da-8761-69f8b75c192c", "parent_id": "image", "data": "x"}]}, "output_image": "<deducted_image>"}','{"output_image": ["2903840e46f34db6981cbe916a64f457", 0, 10796]}',NULL,NULL);
CREATE TABLE shards (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    shard_id TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL,
    status_type TEXT NOT NULL,
    status_name TEXT NOT NULL,
    at REAL NOT NULL,
    objects INTEGER NOT NULL,
    archive TEXT,
    detail TEXT
) STRICT;
INSERT INTO "shards" VALUES(1,'5100c0ee-3448-4c59-9577-4788938382af','referred','success','ready',1.79534550801703381541e+09,2,NULL,NULL);
INSERT INTO "shards" VALUES(2,'9c523d8b-2661-44da-ad91-711e9f3af56c','many','success','ready',1.79534550863599634169e+09,20,NULL,NULL);
CREATE TABLE spools (
    file_id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "spools" VALUES('2903840e46f34db6981cbe916a64f457','problems');
CREATE TABLE stages (
    stage_id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    status_type TEXT NOT NULL,
    notification TEXT NOT NULL,
    outputs TEXT NOT NULL,
    tasks_number INTEGER NOT NULL,
    started REAL NOT NULL,
    updated REAL NOT NULL,
    UNIQUE (job_id, name)
) STRICT;
INSERT INTO "stages" VALUES('9067780e-52ff-45b4-a097-f25a9913078b','ended','processing','success','{"type": "progress", "message": "2 of 2 processed."}','[]',1,1.79534550802371168135e+09,1.79534550833471608166e+09);
INSERT INTO "stages" VALUES('4fbd5b52-2901-431e-a268-207d1f7183c2','ended','export','success','{"type": "progress", "message": "The results are ready."}','["ended-export"]',1,1.79534550833594679832e+09,1.79534550840961313247e+09);
INSERT INTO "stages" VALUES('879f8aac-9a7c-46b7-8141-14a483bf7723','ended-refs','processing','success','{"type": "progress", "message": "2 of 2 processed."}','[]',1,1.79534550842408704759e+09,1.79534550843299674986e+09);
INSERT INTO "stages" VALUES('74e6ab8a-eac4-4563-8912-67bfbef5ed5b','ended-refs','export','success','{"type": "progress", "message": "The results are ready."}','["ended-refs-export"]',1,1.79534550843346261982e+09,1.7953455084401028156e+09);
INSERT INTO "stages" VALUES('73e26560-9c1c-45cb-b0f7-9d64f8a4b671','problems','processing','success','{"type": "progress", "message": "1 of 2 processed."}','[]',1,1.79534550852550125119e+09,1.79534550854000544547e+09);
INSERT INTO "stages" VALUES('96b1fc8f-c45b-42c5-87a3-d171be61cd6a','problems','export','success','{"type": "progress", "message": "The results are ready."}','["problems-export"]',1,1.7953455085404570103e+09,1.79534550855117392537e+09);
INSERT INTO "stages" VALUES('81b8ee4d-0d4e-4e76-b06f-34dc0543e87c','middle','processing','info','{"type": "progress", "message": "20 of 20 processed."}','[]',1,1.79534550864904236789e+09,1795345508.69618);
CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL UNIQUE,
    job_id TEXT NOT NULL,
    stage_id TEXT NOT NULL,
    status_type TEXT NOT NULL,
    progress REAL,
    notification TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    updated REAL NOT NULL
) STRICT;
INSERT INTO "tasks" VALUES(1,'c9f4464e-15b8-44d6-aeab-d0a57c3d1454','ended','9067780e-52ff-45b4-a097-f25a9913078b','success',1.0,'{"type": "progress", "message": "2 of 2 processed.", "done": 2, "total": 2, "failed": 0}',2,2,0,1.79534550833385539055e+09);
INSERT INTO "tasks" VALUES(2,'2ea0211e-f456-4725-b703-f218a96b7ede','ended','4fbd5b52-2901-431e-a268-207d1f7183c2','success',1.0,'{"type": "progress", "message": "Packed.", "done": 0, "total": 2, "failed": 0}',2,0,0,1.79534550840959882737e+09);
INSERT INTO "tasks" VALUES(3,'48cdab09-a995-408f-8550-ef84432adc48','ended-refs','879f8aac-9a7c-46b7-8141-14a483bf7723','success',1.0,'{"type": "progress", "message": "2 of 2 processed.", "done": 2, "total": 2, "failed": 0}',2,2,0,1.79534550843229961394e+09);
INSERT INTO "tasks" VALUES(4,'4bfdb300-e00f-467c-920e-06484b096669','ended-refs','74e6ab8a-eac4-4563-8912-67bfbef5ed5b','success',1.0,'{"type": "progress", "message": "Packed.", "done": 0, "total": 2, "failed": 0}',2,0,0,1.7953455084400885105e+09);
INSERT INTO "tasks" VALUES(5,'9844596b-bd5f-4cf2-9a1f-6cf20e377561','problems','73e26560-9c1c-45cb-b0f7-9d64f8a4b671','success',1.0,'{"type": "progress", "message": "1 of 2 processed.", "done": 2, "total": 2, "failed": 1}',2,2,1,1.79534550853940224647e+09);
INSERT INTO "tasks" VALUES(6,'7b29dea2-69cb-40da-acc0-605d493c4ea5','problems','96b1fc8f-c45b-42c5-87a3-d171be61cd6a','success',1.0,'{"type": "progress", "message": "Packed.", "done": 0, "total": 2, "failed": 0}',2,0,0,1.79534550855115985872e+09);
INSERT INTO "tasks" VALUES(7,'4e874b16-077f-41e4-957c-e09f1a7d7a1d','middle','81b8ee4d-0d4e-4e76-b06f-34dc0543e87c','info',0.8,'{"type": "progress", "message": "16 of 20 processed.", "done": 16, "total": 20, "failed": 0}',20,16,0,1.79534550869508409496e+09);
CREATE INDEX shards_of_batch ON shards (batch_id, seq);
CREATE INDEX items_by_file ON items (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX items_of_shard ON items (shard_id) WHERE shard_id IS NOT NULL;
CREATE INDEX tasks_of_stage ON tasks (stage_id, seq);
CREATE INDEX tasks_of_job ON tasks (job_id);
CREATE INDEX job_items_of_task ON job_items (task_id, state, position);
CREATE INDEX spools_of_job ON spools (job_id);
CREATE INDEX logs_of_job ON logs (job_id, seq);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('batches',9);
INSERT INTO "sqlite_sequence" VALUES('items',30);
INSERT INTO "sqlite_sequence" VALUES('shards',2);
INSERT INTO "sqlite_sequence" VALUES('jobs',4);
INSERT INTO "sqlite_sequence" VALUES('logs',8);
INSERT INTO "sqlite_sequence" VALUES('tasks',7);
COMMIT;
