"""The work of `medley capfilt` done by Hugging Face transformers, and a race between both.

Both read the same tar shard and the same two checkpoints with random weights, in the layout of save_pretrained: a captioner
(BlipForConditionalGeneration) and a filter (BlipForImageTextRetrieval). For each picture: decode, resize, normalise; encode it with
both models; write k captions (nucleus 0.9 of the 50 most probable, repetition penalty 1.1, 5 to 20 tokens with the prompt); score the
text it came with and all captions by ITM and ITC. Random weights hardly ever end a caption, so both write all 20 tokens. transformers
works batch by batch; the filter's image is encoded once and expanded over its texts. It writes no shards and no side-cars, medley does.

    python capfilt_peer.py make --dir D [--size base|small] [--images 32]
    python capfilt_peer.py run  --dir D --samples 10 [--batch 8] [--threads 2]
    python capfilt_peer.py race --dir D --medley ./medley [--samples 1,10] [--batch 8] [--threads 2] [--rounds 2]

`race` asks both in turn, in processes of their own, and prints a Markdown table: images/s end to end (model loading not counted),
seconds per image of each stage, and what share of the best float32 matrix product the image encoders reach (2 x multiply-adds; both
encoders counted). Needs torch, transformers, tokenizers, numpy and Pillow.
"""
import argparse, io, json, os, random, shutil, statistics, subprocess, sys, tarfile, tempfile, time

SIZES = {  # picture, patch, width, layers, heads, text width, text layers, text heads
    'base': (384, 16, 768, 12, 12, 768, 12, 12),
    'small': (64, 8, 192, 6, 6, 192, 4, 6),
}
VOCABULARY, BOS, ENC = 30524, 30522, 30523
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
PROMPT = 'a picture of'


def make(a):
    import numpy as np, torch, transformers
    from PIL import Image
    from tokenizers import BertWordPieceTokenizer
    rng = random.Random(0)
    words = ['a', 'picture', 'of'] + sorted({''.join(rng.choice('bdfgklmnprst') + rng.choice('aeiou') for _ in range(rng.randint(1, 4)))
                                             for _ in range(40000)} - {'a', 'of'})
    vocabulary = ['[PAD]'] + [f'[unused{i}]' for i in range(99)] + ['[UNK]', '[CLS]', '[SEP]', '[MASK]'] + words
    vocabulary = vocabulary[:VOCABULARY - 2] + [f'##z{i}' for i in range(max(0, VOCABULARY - 2 - len(vocabulary)))]
    picture, patch, width, layers, heads, text_width, text_layers, text_heads = SIZES[a.size]
    config = transformers.BlipConfig(
        text_config=dict(vocab_size=VOCABULARY, hidden_size=text_width, encoder_hidden_size=width, intermediate_size=4 * text_width,
                         num_hidden_layers=text_layers, num_attention_heads=text_heads, projection_dim=text_width, bos_token_id=BOS,
                         sep_token_id=102, eos_token_id=102, pad_token_id=0, is_decoder=True),
        vision_config=dict(hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=heads,
                           image_size=picture, patch_size=patch, layer_norm_eps=1e-6),
        projection_dim=text_width, image_text_hidden_size=256)
    for name, kind in (('captioner', transformers.BlipForConditionalGeneration), ('filter', transformers.BlipForImageTextRetrieval)):
        folder = os.path.join(a.dir, name)
        os.makedirs(folder, exist_ok=True)
        model, g = kind(config), torch.Generator().manual_seed(len(name))
        with torch.no_grad():
            for key, p in model.named_parameters():
                p.copy_(torch.randn(p.shape, generator=g) * .02 if p.dim() > 1 or 'embedding' in key else torch.full_like(p, float(not key.endswith('bias'))))
        model.save_pretrained(folder)
        with open(os.path.join(folder, 'vocab.txt'), 'w') as f:
            f.write('\n'.join(vocabulary) + '\n')
        t = BertWordPieceTokenizer(os.path.join(folder, 'vocab.txt'), lowercase=True)
        t.add_special_tokens(['[DEC]', '[ENC]'])
        t.save(os.path.join(folder, 'tokenizer.json'))
    g = np.random.default_rng(0)
    os.makedirs(os.path.join(a.dir, 'shards'), exist_ok=True)
    with tarfile.open(os.path.join(a.dir, 'shards', '00000.tar'), 'w') as tar:
        for n in range(a.images):
            pixels = np.zeros((480, 640, 3), np.float32)
            for side, strength in ((4, 70), (12, 40), (40, 22), (120, 12), (480, 7)):  # about as rough as photographs
                coarse = Image.fromarray(g.integers(0, 256, (max(2, side * 3 // 4), side, 3), dtype=np.uint8))
                pixels += (np.asarray(coarse.resize((640, 480), Image.BICUBIC), np.float32) - 128) * (strength / 74)
            jpeg = io.BytesIO()
            Image.fromarray(np.uint8(np.clip(pixels + 128, 0, 255))).save(jpeg, 'JPEG', quality=92)
            text = ' '.join(rng.choices(words, k=rng.randint(8, 14))).encode()
            for ending, content in (('jpg', jpeg.getvalue()), ('txt', text)):
                info = tarfile.TarInfo(f'{n:09d}.{ending}')
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    print(f'{a.dir}: captioner, filter ({a.size}) and a shard of {a.images} pictures')


def run(a):
    import numpy as np, torch, transformers
    from PIL import Image
    from tokenizers import Tokenizer
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    captioner = transformers.BlipForConditionalGeneration.from_pretrained(os.path.join(a.dir, 'captioner'), dtype=torch.float32).eval()
    judge = transformers.BlipForImageTextRetrieval.from_pretrained(os.path.join(a.dir, 'filter'), dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(os.path.join(a.dir, 'captioner', 'tokenizer.json'))
    side = captioner.config.vision_config.image_size
    prompt = [BOS] + tokenizer.encode(PROMPT, add_special_tokens=False).ids
    mean, std = torch.tensor(MEAN)[:, None, None], torch.tensor(STD)[:, None, None]
    seconds = dict.fromkeys(('decode', 'encode', 'generate', 'filter'), 0.)

    def timed(stage, work):
        start = time.perf_counter()
        result = work()
        seconds[stage] += time.perf_counter() - start
        return result

    def prepare(jpeg):
        image = Image.open(io.BytesIO(jpeg)).convert('RGB').resize((side, side), Image.BICUBIC)
        return (torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255 - mean) / std

    def captions(features):
        # generate() of BLIP encodes pictures itself; with the encoding at hand its text decoder is asked directly.
        rows = features.repeat_interleave(a.samples, 0)
        ids = torch.tensor([prompt] * len(rows))
        out = captioner.text_decoder.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), encoder_hidden_states=rows, do_sample=True, top_p=.9, top_k=50,
            encoder_attention_mask=torch.ones(rows.shape[:2], dtype=torch.long), repetition_penalty=1.1, min_length=5, max_length=20,
            eos_token_id=102, pad_token_id=0, use_cache=True)
        texts = tokenizer.decode_batch(out[:, len(prompt):].tolist(), skip_special_tokens=True)
        return [texts[i:i + a.samples] for i in range(0, len(texts), a.samples)]

    def score(features, texts):
        tokenizer.enable_padding()
        tokenizer.enable_truncation(35)
        encoded = tokenizer.encode_batch([text for some in texts for text in some])
        tokenizer.no_padding()
        tokenizer.no_truncation()
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        rows = features.repeat_interleave(len(texts[0]), 0)
        alone = judge.text_encoder(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0]
        text = torch.nn.functional.normalize(judge.text_proj(alone), dim=-1)
        image = torch.nn.functional.normalize(judge.vision_proj(rows[:, 0]), dim=-1)
        ids[:, 0] = ENC
        both = judge.text_encoder(input_ids=ids, attention_mask=mask, encoder_hidden_states=rows).last_hidden_state[:, 0]
        return (image * text).sum(-1), judge.itm_head(both).softmax(-1)[:, 1]

    samples = {}
    with tarfile.open(os.path.join(a.dir, 'shards', '00000.tar')) as tar:
        for member in tar:
            key, ending = member.name.split('.')
            samples.setdefault(key, {})[ending] = tar.extractfile(member).read()
    samples = list(samples.values())

    def work(batch):
        pixels = timed('decode', lambda: torch.stack([prepare(s['jpg']) for s in batch]))
        one = timed('encode', lambda: captioner.vision_model(pixels).last_hidden_state)
        other = timed('encode', lambda: judge.vision_model(pixels).last_hidden_state)
        written = timed('generate', lambda: captions(one))
        return timed('filter', lambda: score(other, [[s['txt'].decode(), *some] for s, some in zip(batch, written)]))

    with torch.inference_mode():
        for _ in range(2):
            work(samples[:min(2, len(samples))])
        for stage in seconds:
            seconds[stage] = 0.
        start = time.perf_counter()
        for i in range(0, len(samples), a.batch):
            work(samples[i:i + a.batch])
        wall = time.perf_counter() - start
    print(json.dumps({'images': len(samples), 'wall': wall, **seconds}))


def encoder_flop(a):
    """Of both image encoders, for one picture."""
    with open(os.path.join(a.dir, 'captioner', 'config.json')) as f:
        v = json.load(f)['vision_config']
    n, d = (v['image_size'] // v['patch_size']) ** 2 + 1, v['hidden_size']
    return 2 * (2 * n * 3 * v['patch_size'] ** 2 * d + v['num_hidden_layers'] * (24 * n * d * d + 4 * n * n * d))


def product_flops(threads):
    """Operations per second of the best of some float32 matrix products."""
    import torch
    torch.set_num_threads(threads)
    best, x, y = 1e9, torch.randn(2048, 2048), torch.randn(2048, 2048)
    for _ in range(12):
        start = time.perf_counter()
        x @ y
        best = min(best, time.perf_counter() - start)
    return 2 * 2048 ** 3 / best


def medley(a, samples):
    out = tempfile.mkdtemp()
    command = [a.medley, 'capfilt', '--in', os.path.join(a.dir, 'shards', '*.tar'), '--out', os.path.join(out, 'o'), '--captioner',
               os.path.join(a.dir, 'captioner'), '--filter', os.path.join(a.dir, 'filter'), '--samples', str(samples), '--batch', str(a.batch),
               '--threads', str(a.threads)]
    subprocess.run(command, check=True, stderr=subprocess.PIPE)
    with open(os.path.join(out, 'o', '_stats.json')) as f:
        stats = json.load(f)
    shutil.rmtree(out)
    return {'images': stats['successes'], **{k: stats['seconds'][k] for k in ('wall', 'decode', 'encode', 'generate', 'filter')}}


def transformers_run(a, samples):
    command = [sys.executable, __file__, 'run', '--dir', a.dir, '--samples', str(samples), '--batch', str(a.batch), '--threads', str(a.threads)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])


def race(a):
    peak = product_flops(a.threads)
    print(f'best float32 product: {peak / 1e9:.0f} GFLOP/s with {a.threads} threads; batch {a.batch}; median of {a.rounds} rounds, by turns\n')
    print('| captions | | images/s | decode | encode | of the best product | generate | filter |\n|---|---|---|---|---|---|---|---|')
    for samples in (int(k) for k in a.samples.split(',')):
        results = {'transformers': [], 'medley': []}
        for _ in range(a.rounds):
            results['transformers'].append(transformers_run(a, samples))
            results['medley'].append(medley(a, samples))
        rates = {}
        for name, some in results.items():
            n = some[0]['images']
            per = {k: statistics.median(r[k] for r in some) / n for k in ('wall', 'decode', 'encode', 'generate', 'filter')}
            rates[name] = 1 / per['wall']
            share = encoder_flop(a) / per['encode'] / peak
            print(f"| {samples} | {name} | {rates[name]:.3f} | {per['decode']:.4f} | {per['encode']:.4f} | {share:.0%} | {per['generate']:.4f} | "
                  f"{per['filter']:.4f} |", flush=True)
        print(f"| {samples} | medley : transformers | {rates['medley'] / rates['transformers']:.2f} | | | | | |", flush=True)
    print('\nSeconds per image. medley\'s stages overlap: while two run at once each takes longer, and their sum is more than the whole.')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('what', choices=('make', 'run', 'race'))
    p.add_argument('--dir', required=True)
    p.add_argument('--size', choices=SIZES, default='base')
    p.add_argument('--images', type=int, default=32)
    p.add_argument('--samples', default='1,10')
    p.add_argument('--batch', type=int, default=8)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--rounds', type=int, default=2)
    p.add_argument('--medley', default='./medley')
    a = p.parse_args()
    if a.what == 'run':
        a.samples = int(a.samples)
    {'make': make, 'run': run, 'race': race}[a.what](a)


if __name__ == '__main__':
    main()
