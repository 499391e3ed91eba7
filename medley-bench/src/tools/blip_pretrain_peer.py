"""BLIP's pre-training step in the original code, as a contender that speaks the protocol of io.medley.bench.Worker.

    git clone https://github.com/salesforce/BLIP
    python blip_pretrain_peer.py BLIP           serves tasks original:pretrain_tiny_b32, original:pretrain_base_b4

The original was written for transformers 4.15, timm 0.4 and fairscale, and fetches weights and a vocabulary. What it takes from them is a base
class, names and containers; stand-ins for these are made here, so that its own models and losses run as they are on today's PyTorch. Weights
are random, dropout is off as in Medley's step, the learning rate is 1e-5; float32. One process needs no all-gather.
"""
import json, os, sys, tempfile, time, types
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', 2)))
torch.manual_seed(0)


class Config:
    """What BertConfig holds, with the defaults the original reads."""
    output_attentions = output_hidden_states = False
    use_return_dict = use_cache = True
    is_decoder, chunk_size_feed_forward, position_embedding_type = False, 0, 'absolute'

    def __init__(self, **values):
        self.__dict__.update(values)

    @classmethod
    def from_json_file(cls, file):
        return cls(**json.load(open(file)))


class Output(dict):
    """Fields by name, and by position among those that are there."""
    __getattr__ = dict.get

    def __getitem__(self, key):
        return [v for v in self.values() if v is not None][key] if isinstance(key, int) else dict.__getitem__(self, key)


class PreTrainedModel(nn.Module):
    def __init__(self, config, *_, **__):
        super().__init__()
        self.config = config

    @classmethod
    def from_pretrained(cls, _, config, **options):
        return cls(config, **options)

    def init_weights(self):
        self.apply(self._init_weights)

    def resize_token_embeddings(self, _):
        pass

    def get_head_mask(self, _, layers):
        return [None] * layers

    def invert_attention_mask(self, mask):
        return (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min

    @property
    def device(self):
        return torch.device('cpu')

    @property
    def dtype(self):
        return torch.float32


class Tokenizer:
    """Random words under the special tokens; 30 a text, as the original pads them."""
    enc_token_id, bos_token_id, pad_token_id = 999, 998, 0

    def __len__(self):
        return Tokenizer.size

    def __call__(self, texts, **_):
        ids = torch.randint(110, 998, (len(texts), 30))
        ids[:, 0] = 101
        tokens = Output(input_ids=ids, attention_mask=torch.ones_like(ids))
        tokens.to = lambda device: tokens
        return tokens


def module(name, **names):
    made = types.ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made
    parent, _, child = name.rpartition('.')
    if parent:
        if parent not in sys.modules:
            module(parent)
        setattr(sys.modules[parent], child, made)


def stand_ins():
    from timm.layers import DropPath, PatchEmbed, trunc_normal_
    nothing = types.SimpleNamespace(set_verbosity_error=lambda: None, get_logger=lambda name: None)
    module('timm.models.vision_transformer', _cfg=None, PatchEmbed=PatchEmbed)
    module('timm.models.registry', register_model=None)
    module('timm.models.layers', trunc_normal_=trunc_normal_, DropPath=DropPath)
    module('timm.models.helpers', named_apply=None, adapt_input_conv=None)
    module('timm.models.hub', download_cached_file=None)
    module('fairscale.nn.checkpoint.checkpoint_activations', checkpoint_wrapper=lambda layer: layer)
    module('transformers', logging=nothing, BertTokenizer=None)
    module('transformers.activations', ACT2FN={'gelu': F.gelu})
    module('transformers.file_utils', ModelOutput=Output)
    names = ['BaseModelOutputWithPastAndCrossAttentions', 'BaseModelOutputWithPoolingAndCrossAttentions', 'CausalLMOutputWithCrossAttentions',
             'MaskedLMOutput', 'MultipleChoiceModelOutput', 'NextSentencePredictorOutput', 'QuestionAnsweringModelOutput',
             'SequenceClassifierOutput', 'TokenClassifierOutput']
    module('transformers.modeling_outputs', **{name: Output for name in names})
    module('transformers.modeling_utils', PreTrainedModel=PreTrainedModel, find_pruneable_heads_and_indices=None, prune_linear_layer=None,
           apply_chunking_to_forward=lambda layer, size, dim, *inputs: layer(*inputs))
    module('transformers.utils', logging=nothing)
    module('transformers.models.bert.configuration_bert', BertConfig=Config)


def training(size, batch):
    import models.blip_pretrain as original
    from models.vit import VisionTransformer
    Tokenizer.size = size['vocab']
    config = tempfile.NamedTemporaryFile('w', suffix='.json')
    json.dump(dict(hidden_size=size['td'], num_hidden_layers=size['tl'], num_attention_heads=size['th'], intermediate_size=4 * size['td'],
                   vocab_size=size['vocab'], max_position_embeddings=512 if size['td'] == 768 else 64, pad_token_id=0, layer_norm_eps=1e-12,
                   hidden_act='gelu', hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, initializer_range=0.02,
                   add_cross_attention=True), config)
    config.flush()
    original.init_tokenizer = Tokenizer
    original.create_vit = lambda *_: (VisionTransformer(img_size=size['img'], patch_size=size['patch'], embed_dim=size['vd'], depth=size['vl'],
                                                        num_heads=size['vh']), size['vd'])
    original.concat_all_gather = lambda tensor: tensor
    model = original.BLIP_Pretrain(config.name, image_size=size['img'], vit='tiny', queue_size=64 * batch)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.05)
    pixels, texts = torch.randn(batch, 3, size['img'], size['img']), [''] * batch

    def step():
        optimizer.zero_grad()
        sum(model(pixels, texts, alpha=0.4)).backward()
        optimizer.step()

    return step


TINY = dict(img=64, patch=8, vd=192, vl=6, vh=6, td=192, tl=4, th=6, vocab=1000)
BASE = dict(img=224, patch=16, vd=768, vl=12, vh=12, td=768, tl=12, th=12, vocab=30524)
TASKS = {'original:pretrain_tiny_b32': (TINY, 32), 'original:pretrain_base_b4': (BASE, 4)}

stand_ins()
sys.path.insert(0, sys.argv[1])
ready = {}
answers, sys.stdout = sys.stdout, sys.stderr  # the original prints which weights it ties
print(json.dumps({'ready': True, 'tasks': list(TASKS)}), file=answers, flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request['cmd'] == 'quit':
        break
    task = request['task']
    if task not in ready:
        ready[task] = training(*TASKS[task])
    start, cpu = time.perf_counter(), time.process_time()
    ready[task]()
    print(json.dumps({'task': task, 's': time.perf_counter() - start, 'cpu_s': time.process_time() - cpu}), file=answers, flush=True)
