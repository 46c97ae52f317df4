// `npm run bench -- OPTIONS`: the command `oneshot bench` from a clone.
process.argv.splice(2, 0, 'bench');
await import('../dist/programs/main.js');
