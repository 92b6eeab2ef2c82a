// Train nlp.js on one set and read the test messages: node worker.js JOB RESULT
// The same contract as rasa_worker.py. Settings are the documented defaults; only logging and the model file are off.
'use strict';

const fs = require('fs');
const { NlpManager } = require('node-nlp');

const WARM_UP = 5;
const REPORT_EVERY = 500;

// The best intent, also where nlp.js would rather answer "None" because its score is below 0.5: neither do the others refuse.
function best(result) {
  const found = result.classifications.find((candidate) => candidate.intent !== 'None');
  return found && found.score > 0 ? [found.intent, found.score] : [null, 0];
}

// The most memory this process ever held, in MiB; null where the system does not tell.
function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return null;
  }
}

async function work(job) {
  console.log('@ training');
  let started = performance.now();
  const manager = new NlpManager({
    languages: ['en', 'zh'],
    forceNER: false,
    autoSave: false,
    autoLoad: false,
    nlu: { log: false },
  });
  for (const { lang, text, intent } of job.train) manager.addDocument(lang, text, intent);
  await manager.train();
  const trainSeconds = (performance.now() - started) / 1000;
  for (const { lang, text } of job.train.slice(0, WARM_UP)) await manager.process(lang, text);
  const readings = [];
  const times = [];
  for (const [number, { lang, text }] of job.test.entries()) {
    if (number % REPORT_EVERY === 0) console.log(`@ reading ${number} of ${job.test.length}`);
    started = performance.now();
    const result = await manager.process(lang, text);
    times.push(performance.now() - started);
    readings.push(best(result));
  }
  return {
    train_seconds: trainSeconds,
    parse_ms: times,
    peak_mb: peakMemory(),
    readings,
    versions: { node: process.versions.node, 'node-nlp': require('node-nlp/package.json').version },
  };
}

const [jobFile, resultFile] = process.argv.slice(2);
work(JSON.parse(fs.readFileSync(jobFile, 'utf8'))).then((found) => fs.writeFileSync(resultFile, JSON.stringify(found)));
